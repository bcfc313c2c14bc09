package console

import (
	"context"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"

	"github.com/troupe-go/troupe/actors"
)

// A textHandler writes a line for people: time, level, message, attributes. The attribute "stack" comes
// below its line, indented, in the same write. A value that could be mistaken for something else is in
// quotes, and is then a string as Go writes it; what is not printable never gets out.
type textHandler struct {
	to     io.Writer
	level  slog.Leveler
	colour bool
	common []byte // attributes that all lines have, as they are written
	group  string // of the keys to come, as "a.b."
}

const textTime = "2006-01-02T15:04:05.000"

// How a terminal is told colours (ECMA-48 §8.3.117).
const faint, red, green, yellow, reset = "\x1b[2m", "\x1b[91m", "\x1b[92m", "\x1b[93m", "\x1b[0m"

func (h *textHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.level.Level()
}

func (h *textHandler) WithGroup(name string) slog.Handler {
	with := *h
	with.group += name + "."
	return &with
}

func (h *textHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.common = append([]byte(nil), h.common...)
	for _, a := range attrs {
		with.common = h.appendAttr(with.common, h.group, a)
	}
	return &with
}

var textBuffers = sync.Pool{New: func() any { return new([]byte) }}

func (h *textHandler) Handle(_ context.Context, record slog.Record) error {
	buffer := textBuffers.Get().(*[]byte)
	line := h.appendLine((*buffer)[:0], record)
	_, err := h.to.Write(line)
	if *buffer = line; cap(line) <= chunkSize { // a rare size is not worth holding on to
		textBuffers.Put(buffer)
	}
	return err
}

func (h *textHandler) appendLine(b []byte, record slog.Record) []byte {
	b = h.dyed(b, faint, func(b []byte) []byte { return record.Time.AppendFormat(b, textTime) })
	name, colour := levelName(record.Level)
	b = append(b, ' ')
	b = h.dyed(b, colour, func(b []byte) []byte { return append(b, name...) })
	b = append(b, ' ')
	b = appendShown(b, record.Message)
	b = append(b, h.common...)
	var stack string
	record.Attrs(func(a slog.Attr) bool {
		if a.Key == "stack" && a.Value.Kind() == slog.KindString {
			stack = a.Value.String()
		} else {
			b = h.appendAttr(b, h.group, a)
		}
		return true
	})
	b = append(b, '\n')
	for line := range strings.Lines(strings.TrimSpace(stack)) {
		line = strings.TrimSuffix(line, "\n")
		text := strings.TrimLeft(line, "\t")
		b = append(b, "    "...)
		b = append(b, line[:len(line)-len(text)]...)
		b = append(appendShown(b, text), '\n')
	}
	return b
}

// dyed has what is appended in that colour.
func (h *textHandler) dyed(b []byte, colour string, text func([]byte) []byte) []byte {
	if !h.colour {
		return text(b)
	}
	return append(text(append(b, colour...)), reset...)
}

// levelName is the name of a level in three letters, and its colour.
func levelName(level slog.Level) (name, colour string) {
	switch {
	case level >= slog.LevelError:
		return "ERR", red
	case level >= slog.LevelWarn:
		return "WRN", yellow
	case level >= slog.LevelInfo:
		return "INF", green
	}
	return "DBG", faint
}

func (h *textHandler) appendAttr(b []byte, group string, a slog.Attr) []byte {
	a.Value = a.Value.Resolve()
	if a.Value.Kind() == slog.KindGroup {
		if a.Key != "" {
			group += a.Key + "."
		}
		for _, member := range a.Value.Group() {
			b = h.appendAttr(b, group, member)
		}
		return b
	}
	if a.Equal(slog.Attr{}) {
		return b
	}
	b = append(b, ' ')
	b = h.dyed(b, faint, func(b []byte) []byte {
		return append(appendShown(appendShown(b, group), a.Key), '=')
	})
	return appendValue(b, a.Value)
}

func appendValue(b []byte, v slog.Value) []byte {
	switch v.Kind() {
	case slog.KindInt64:
		return strconv.AppendInt(b, v.Int64(), 10)
	case slog.KindUint64:
		return strconv.AppendUint(b, v.Uint64(), 10)
	case slog.KindTime:
		return v.Time().AppendFormat(b, textTime)
	}
	text := v.String()
	if isBare(text) {
		return append(b, text...)
	}
	b = append(b, '"')
	for {
		part, rest, quote := strings.Cut(text, `"`)
		if b = appendShown(b, part); !quote {
			return append(b, '"')
		}
		b, text = append(b, `\"`...), rest
	}
}

// isBare reports whether a value needs no quotes.
func isBare(s string) bool {
	for i := range len(s) {
		if c := s[i]; c == ' ' || c == '"' || c == '=' || c == '\\' {
			return false
		}
	}
	return s != "" && actors.Printable(s) == s
}

// appendShown appends text as actors.Printable has it. The backslash of a \xHH stays: somebody has made
// the text printable before.
func appendShown(b []byte, s string) []byte {
	for {
		text, rest, more := strings.Cut(s, `\`)
		b = append(b, actors.Printable(text)...)
		switch {
		case !more:
			return b
		case len(rest) >= 3 && rest[0] == 'x' && isDigit(rest[1]) && isDigit(rest[2]):
			b = append(b, '\\')
		default:
			b = append(b, `\x5C`...)
		}
		s = rest
	}
}

// isDigit tells the digits of \xHH.
func isDigit(c byte) bool { return '0' <= c && c <= '9' || 'A' <= c && c <= 'F' }
