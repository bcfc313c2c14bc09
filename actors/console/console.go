// Package console is a log handler for servers, for people and for machines. It writes to a terminal, file or pipe,
// and never waits for it.
//
//	log := console.New(os.Stderr, nil)
//	defer log.Close()
//	server := actors.NewServer(actors.Config{Logger: slog.New(log)})
//
// A line of text has the date and time, the level, the message and the attributes. The stack of a crash follows below
// its line, one frame after another. Only printable text is written. With Options.JSON each line is a JSON object
// instead.
package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"time"
)

// Options say what a Handler writes, and how.
type Options struct {
	// Level is the lowest level that is written: slog.LevelInfo unless set. A *slog.LevelVar can be changed while the
	// program runs. At slog.LevelDebug the actor log has a line for each message.
	Level slog.Leveler
	// JSON makes each line an object, like those of slog.JSONHandler.
	JSON bool
}

// A Handler is a slog.Handler that writes JSON, or lines of text, in colour on a terminal unless the environment has
// NO_COLOR (no-color.org). Logging never waits for the terminal, file or pipe. About one MiB waits in memory; lines
// that do not fit are dropped and counted, and a line "log lines dropped" reports them. The last quarter of that room
// is for warnings and errors only. It may be used from any goroutine.
//
// Unless it writes to a terminal, it holds lines below warnings back for up to 50 ms, so that many leave in one
// write. A warning or an error leaves at once, with all lines before it. Close writes everything; a program that ends
// without it, or is killed, loses the held-back lines.
type Handler struct {
	gravity
	writer *Writer
}

// New makes a handler. Close it at the end of the program. Nil options are the zero Options.
func New(to io.Writer, options *Options) *Handler {
	if options == nil {
		options = &Options{}
	}
	level := options.Level
	if level == nil {
		level = slog.LevelInfo
	}
	terminal := isTerminal(to)
	colour := terminal && os.Getenv("NO_COLOR") == ""
	handler := func(to io.Writer) slog.Handler {
		if options.JSON {
			return slog.NewJSONHandler(to, &slog.HandlerOptions{Level: level})
		}
		return &textHandler{to: to, level: level, colour: colour}
	}
	hold := heldFor
	if terminal {
		hold = 0
	}
	w := newWriter(to, hold, func(dropped uint64, since time.Time) []byte {
		record := slog.NewRecord(time.Now(), slog.LevelWarn, "log lines dropped", 0)
		record.Add("actor", "server", "count", dropped, "since", since)
		var line bytes.Buffer
		_ = handler(&line).Handle(context.Background(), record) // a buffer takes everything
		return line.Bytes()
	})
	return &Handler{gravity{handler(w), handler(graveWriter{w})}, w}
}

// Write prints a line unchanged, with the priority of an error. It never fails.
func (h *Handler) Write(line []byte) (int, error) { return graveWriter{h.writer}.Write(line) }

// Close waits until everything is written, for at most a second, and returns ErrNotWritten if it was not. Later lines
// are dropped.
func (h *Handler) Close() error { return h.writer.Close() }

// CloseBefore is Close with a deadline. It reports whether everything was written.
func (h *Handler) CloseBefore(deadline time.Time) bool { return h.writer.CloseBefore(deadline) }

// Fatal logs an error, closes the handler, and ends the program with exit status 1. Use it in the last line of main,
// like log.Fatal(server.ListenAndServe(address)).
func (h *Handler) Fatal(err error) {
	slog.New(h).Error("ended", "error", err)
	h.Close()
	os.Exit(1)
}

// flushTimeout is how long Close waits for lines to be written.
const flushTimeout = time.Second

// ErrNotWritten is the error of Close if not everything was written in time.
var ErrNotWritten = errors.New("console: not all lines could be written")

// A graveWriter prints lines that may use the room kept for warnings and errors.
type graveWriter struct{ *Writer }

func (w graveWriter) Write(line []byte) (int, error) {
	w.add(line, true)
	return len(line), nil
}

// A gravity is a log handler that separates warnings and errors from the rest.
type gravity struct{ rest, grave slog.Handler }

func (g gravity) of(level slog.Level) slog.Handler {
	if level >= slog.LevelWarn {
		return g.grave
	}
	return g.rest
}

// Enabled reports whether lines of that level are written.
func (g gravity) Enabled(ctx context.Context, level slog.Level) bool {
	return g.of(level).Enabled(ctx, level)
}

// Handle writes a line. It never waits, and never fails.
func (g gravity) Handle(ctx context.Context, record slog.Record) error {
	return g.of(record.Level).Handle(ctx, record)
}

// WithAttrs returns a handler that adds those attributes to all lines.
func (g gravity) WithAttrs(attrs []slog.Attr) slog.Handler {
	return gravity{g.rest.WithAttrs(attrs), g.grave.WithAttrs(attrs)}
}

// WithGroup returns a handler that puts that name before the keys of further attributes.
func (g gravity) WithGroup(name string) slog.Handler {
	return gravity{g.rest.WithGroup(name), g.grave.WithGroup(name)}
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
