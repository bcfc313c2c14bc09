package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// A console is the actor log on its way to standard error, and whatever else the program says there.
type console struct {
	*queue
	logger *slog.Logger
}

// newConsole writes the log as text, in colour on a terminal, or as JSON. It is to be closed.
func newConsole(w io.Writer, level slog.Level, format string) *console {
	colour := isTerminal(w) && os.Getenv("NO_COLOR") == ""
	handler := func(to io.Writer) slog.Handler {
		if format == "json" {
			return slog.NewJSONHandler(to, &slog.HandlerOptions{Level: level})
		}
		return &textHandler{to: to, level: level, colour: colour}
	}
	q := newQueue(w, func(dropped uint64, since time.Time) []byte {
		record := slog.NewRecord(time.Now(), slog.LevelWarn, "log lines dropped", 0)
		record.Add("actor", "server", "count", dropped, "since", since)
		var line bytes.Buffer
		_ = handler(&line).Handle(context.Background(), record) // a buffer takes everything
		return line.Bytes()
	})
	return &console{q, slog.New(&gravity{handler(q), handler(graveWriter{q})})}
}

// A graveWriter prints lines for which there is still room where there is none for others.
type graveWriter struct{ *queue }

func (w graveWriter) Write(line []byte) (int, error) {
	w.add(line, true)
	return len(line), nil
}

// A gravity is the log handler that tells warnings and errors from the rest.
type gravity struct{ rest, grave slog.Handler }

func (g *gravity) of(level slog.Level) slog.Handler {
	if level >= slog.LevelWarn {
		return g.grave
	}
	return g.rest
}

func (g *gravity) Enabled(ctx context.Context, level slog.Level) bool {
	return g.of(level).Enabled(ctx, level)
}

func (g *gravity) Handle(ctx context.Context, record slog.Record) error {
	return g.of(record.Level).Handle(ctx, record)
}

func (g *gravity) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &gravity{g.rest.WithAttrs(attrs), g.grave.WithAttrs(attrs)}
}

func (g *gravity) WithGroup(name string) slog.Handler {
	return &gravity{g.rest.WithGroup(name), g.grave.WithGroup(name)}
}

// complain says on a line what went wrong.
func complain(to io.Writer, text string) { fmt.Fprintf(to, "troupe: %s\n", shown(text)) }

// shown is text as a terminal may have it. Backslashes stay: they are those of what is printable already.
func shown(text string) string {
	parts := strings.Split(text, `\`)
	for i, part := range parts {
		parts[i] = actors.Printable(part)
	}
	return strings.Join(parts, `\`)
}

// flushTimeout is how long the end of the program waits for what it has printed to be taken.
const flushTimeout = time.Second

func closeQueues(queues ...*queue) {
	until := time.Now().Add(flushTimeout)
	for _, q := range queues {
		q.close(until)
	}
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
