// Package console is a log handler for people and for machines, made for servers: it writes to a terminal, file or pipe
// without ever waiting for it.
//
//	log := console.New(os.Stderr, nil)
//	defer log.Close()
//	server := actors.NewServer(actors.Config{Logger: slog.New(log)})
//
// A line of text has the date and the time, the level, the message and the attributes; the stack of a crash is below
// its line, one frame after another. What is not printable never gets out. Options.JSON has a JSON object for each
// line instead.
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
	// Level is the least level that is written: slog.LevelInfo unless set. A *slog.LevelVar can be changed while the
	// program runs. At slog.LevelDebug the actor log has a line for each message.
	Level slog.Leveler
	// JSON has each line be an object, as slog.JSONHandler makes it.
	JSON bool
}

// A Handler is a slog.Handler that writes lines of text, in colour on a terminal unless the environment has NO_COLOR
// (no-color.org), or JSON. To log never waits for the terminal, file or pipe: about a MiB waits in memory, and
// what does not fit is left out, counted, and said in a line "log lines dropped". Warnings and errors have the last
// quarter of that room to themselves. It may be used from any goroutine.
//
// Where it does not write to a terminal, lines below warnings are held back for up to 50 ms, so that many leave in one
// write. A warning or an error leaves at once, with all that came before it. Close writes everything; a program that
// ends without it, or is killed, loses what was held back.
type Handler struct {
	gravity
	writer *Writer
}

// New makes a handler, which is to be closed at the end of the program. No options are those of their zero value.
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

// Write prints a line as it is, as an error would be. It never fails.
func (h *Handler) Write(line []byte) (int, error) { return graveWriter{h.writer}.Write(line) }

// Close waits until all is written, for a second at most, and is an error if it was not. What is logged afterwards is
// left out.
func (h *Handler) Close() error { return h.writer.Close() }

// CloseBefore is Close with another end of its patience. It reports whether all was written.
func (h *Handler) CloseBefore(deadline time.Time) bool { return h.writer.CloseBefore(deadline) }

// Fatal logs an error, closes the handler, and ends the program with exit status 1: for the last line of main, as
// log.Fatal(server.ListenAndServe(address)).
func (h *Handler) Fatal(err error) {
	slog.New(h).Error("ended", "error", err)
	h.Close()
	os.Exit(1)
}

// flushTimeout is how long Close waits for what is printed to be taken.
const flushTimeout = time.Second

// ErrNotWritten is the error of a Close whose time was over before all was written.
var ErrNotWritten = errors.New("console: not all lines could be written")

// A graveWriter prints lines for which there is still room where there is none for others.
type graveWriter struct{ *Writer }

func (w graveWriter) Write(line []byte) (int, error) {
	w.add(line, true)
	return len(line), nil
}

// A gravity is the log handler that tells warnings and errors from the rest.
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

// WithAttrs is a handler whose lines all have those attributes.
func (g gravity) WithAttrs(attrs []slog.Attr) slog.Handler {
	return gravity{g.rest.WithAttrs(attrs), g.grave.WithAttrs(attrs)}
}

// WithGroup is a handler whose further attributes have keys that begin with that name.
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
