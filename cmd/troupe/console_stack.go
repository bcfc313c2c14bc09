package main

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// A stackHandler prints the attribute "stack" below its line, where a person can read it, instead of
// within it.
type stackHandler struct {
	slog.Handler
	mu sync.Mutex
	w  io.Writer
}

// Handle prints the record without its stack, then the stack.
func (h *stackHandler) Handle(ctx context.Context, record slog.Record) error {
	var stack string
	without := slog.NewRecord(record.Time, record.Level, record.Message, record.PC)
	record.Attrs(func(a slog.Attr) bool {
		if a.Key == "stack" {
			stack = a.Value.String()
		} else {
			without.AddAttrs(a)
		}
		return true
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.Handler.Handle(ctx, without); err != nil || stack == "" {
		return err
	}
	_, err := io.WriteString(h.w, "    "+strings.ReplaceAll(strings.TrimSpace(stack), "\n", "\n    ")+"\n")
	return err
}
