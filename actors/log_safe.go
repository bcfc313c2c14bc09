package actors

import (
	"fmt"
	"log/slog"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Printable returns s in a form that is safe to show. Each octet that is not part of a printable character becomes
// \xHH, with two capital hexadecimal digits, and a backslash becomes \x5C, so that every octet can be recovered.
// Letters of all languages are printable. Not printable are control octets (also of C1), DEL, line separators,
// characters that change the direction of writing, U+FFFD, and anything that is not UTF-8. The digits are capitals
// because some log handlers turn \x1b back into ESC. A string that is all printable is returned unchanged.
//
// Text in the actor log is already printable.
func Printable(s string) string { return printable(s, false) }

// printable is Printable, but keeps tabs and line ends if the text has a layout.
func printable(s string, layout bool) string {
	shown := shownOctets(s, layout)
	if shown == len(s) {
		return s
	}
	const digits = "0123456789ABCDEF"
	text := make([]byte, 0, len(s)+len(s)/8+16)
	for {
		text, s = append(text, s[:shown]...), s[shown:]
		if s == "" {
			return string(text)
		}
		_, size := utf8.DecodeRuneInString(s)
		for _, c := range []byte(s[:size]) {
			text = append(text, '\\', 'x', digits[c>>4], digits[c&15])
		}
		s = s[size:]
		shown = shownOctets(s, layout)
	}
}

// shownOctets returns how many octets at the start of s may be shown.
func shownOctets(s string, layout bool) (n int) {
	for n < len(s) {
		c := s[n]
		switch {
		case c >= ' ' && c <= '~' && c != '\\' || layout && (c == '\n' || c == '\t'):
			n++
		case c < utf8.RuneSelf:
			return n
		default:
			r, size := utf8.DecodeRuneInString(s[n:])
			if r == utf8.RuneError || !unicode.IsPrint(r) {
				return n
			}
			n += size
		}
	}
	return n
}

// stackKey is the attribute whose text has several lines.
const stackKey = "stack"

// isSafe reports whether safeAttr would change nothing, which is the usual case.
func isSafe(a *slog.Attr) bool {
	switch a.Value.Kind() {
	case slog.KindString:
		text := a.Value.String()
		return shownOctets(text, a.Key == stackKey) == len(text)
	case slog.KindGroup, slog.KindLogValuer, slog.KindAny:
		return false
	}
	return true
}

// safeAttr makes the value of an attribute printable before a foreign log handler sees it. Keys are our own. Values
// that format themselves become text here.
func safeAttr(a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(printable(a.Value.String(), a.Key == stackKey))
	case slog.KindGroup:
		members := slices.Clone(a.Value.Group())
		for i, member := range members {
			members[i] = safeAttr(member)
		}
		a.Value = slog.GroupValue(members...)
	case slog.KindLogValuer:
		a.Value = a.Value.Resolve()
		return safeAttr(a)
	case slog.KindAny:
		a.Value = safeAny(a.Value.Any())
	}
	return a
}

func safeAny(value any) slog.Value {
	switch value := value.(type) {
	case nil:
		return slog.AnyValue(nil)
	case []string:
		texts := make([]string, len(value))
		for i, text := range value {
			texts[i] = Printable(text)
		}
		return slog.AnyValue(texts)
	}
	return slog.StringValue(Printable(fmt.Sprint(value)))
}
