package main

import (
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"
)

// newLogger writes the actor log as text, in colour on a terminal, or as JSON.
func newLogger(w io.Writer, level slog.Level, format string) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
	}
	colour := isTerminal(w) && os.Getenv("NO_COLOR") == ""
	return slog.New(&stackHandler{w: w, Handler: tint.NewTextHandler(w, &tint.Options{
		Level: level, TimeFormat: time.TimeOnly + ".000", NoColor: !colour,
	})})
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
