package console

import (
	"context"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// A textHandler writes a line for people: time, level, message, attributes. The attribute "stack" follows below the
// line, indented, in the same write. A value that could be mistaken for something else is a quoted Go string. Only
// printable text is written.
type textHandler struct {
	to     io.Writer
	level  slog.Leveler
	colour bool
	common []byte // attributes of all lines, formatted
	group  string // prefix of later keys, like "a.b."
}

const (
	textSecond = "2006-01-02T15:04:05"
	textTime   = textSecond + ".000"
)

// Escape sequences for colours (ECMA-48 §8.3.117).
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
	if *buffer = line; cap(line) <= chunkSize { // a rare size is not worth keeping
		textBuffers.Put(buffer)
	}
	return err
}

func (h *textHandler) appendLine(b []byte, record slog.Record) []byte {
	b = appendTime(h.dye(b, faint), record.Time)
	b = append(h.undye(b), ' ')
	name, colour := levelName(record.Level)
	b = append(h.dye(b, colour), name...)
	b = append(h.undye(b), ' ')
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

// dye begins a colour; undye ends it.
func (h *textHandler) dye(b []byte, colour string) []byte {
	if h.colour {
		b = append(b, colour...)
	}
	return b
}

func (h *textHandler) undye(b []byte) []byte {
	if h.colour {
		b = append(b, reset...)
	}
	return b
}

// A formattedSecond caches the second of the last line, because most lines have the same second as the line before.
type formattedSecond struct {
	second int64
	zone   *time.Location
	text   string
}

var lastSecond atomic.Pointer[formattedSecond]

// appendTime appends a time in the format textTime.
func appendTime(b []byte, t time.Time) []byte {
	second, zone := t.Unix(), t.Location()
	last := lastSecond.Load()
	if last == nil || last.second != second || last.zone != zone {
		last = &formattedSecond{second, zone, t.Format(textSecond)}
		lastSecond.Store(last)
	}
	ms := t.Nanosecond() / int(time.Millisecond)
	return append(append(b, last.text...), '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
}

// levelName returns the name of a level in three letters, and its colour.
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
	switch a.Value.Kind() {
	case slog.KindLogValuer:
		a.Value = a.Value.Resolve()
		return h.appendAttr(b, group, a)
	case slog.KindGroup:
		if a.Key != "" {
			group += a.Key + "."
		}
		for _, member := range a.Value.Group() {
			b = h.appendAttr(b, group, member)
		}
		return b
	case slog.KindAny:
		if a.Equal(slog.Attr{}) {
			return b
		}
	}
	b = h.dye(append(b, ' '), faint)
	b = append(appendShown(appendShown(b, group), a.Key), '=')
	return appendValue(h.undye(b), a.Value)
}

func appendValue(b []byte, v slog.Value) []byte {
	switch v.Kind() {
	case slog.KindInt64:
		return strconv.AppendInt(b, v.Int64(), 10)
	case slog.KindUint64:
		return strconv.AppendUint(b, v.Uint64(), 10)
	case slog.KindDuration:
		return appendDuration(b, v.Duration())
	case slog.KindTime:
		return appendTime(b, v.Time())
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

// appendDuration appends d.String(). For durations below a second, which most are, it allocates nothing.
func appendDuration(b []byte, d time.Duration) []byte {
	unit, name, digits := time.Nanosecond, "ns", 0
	switch {
	case d <= 0 || d >= time.Second:
		return append(b, d.String()...)
	case d >= time.Millisecond:
		unit, name, digits = time.Millisecond, "ms", 6
	case d >= time.Microsecond:
		unit, name, digits = time.Microsecond, "µs", 3
	}
	b = strconv.AppendInt(b, int64(d/unit), 10)
	if rest := d % unit; rest > 0 {
		for ; rest%10 == 0; rest /= 10 {
			digits--
		}
		point := len(b)
		b = append(b, ".000000"[:digits+1]...)
		for i := point + digits; rest > 0; i, rest = i-1, rest/10 {
			b[i] = byte('0' + rest%10)
		}
	}
	return append(b, name...)
}

// isPlain reports whether a text can be shown unchanged: ASCII without controls and backslashes.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '\\' {
			return false
		}
	}
	return true
}

// isBare reports whether a value needs no quotes.
func isBare(s string) bool {
	plain := true
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ' || c == '"' || c == '=' || c == '\\':
			return false
		case c < ' ' || c > '~':
			plain = false
		}
	}
	return s != "" && (plain || actors.Printable(s) == s)
}

// appendShown appends text made Printable, but keeps the backslash of a \xHH: that text was made printable before.
func appendShown(b []byte, s string) []byte {
	if isPlain(s) {
		return append(b, s...)
	}
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

// isDigit reports whether c may be a digit of \xHH.
func isDigit(c byte) bool { return '0' <= c && c <= '9' || 'A' <= c && c <= 'F' }
