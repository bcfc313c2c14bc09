package actors

import (
	"fmt"
	"log/slog"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Printable is s as it may be shown to a person: octets that are not of a printable character become
// \xHH, their number as two capital hexadecimal digits, and a backslash becomes \x5C, so that every
// octet can be told. A control octet (also of C1), DEL, a line separator, what turns the direction of
// writing, U+FFFD and what is no UTF-8 are not printable; letters of all languages are. The digits are
// capitals because there are log handlers that make ESC of \x1b again. A string that is all printable
// is returned as it is.
//
// What the actor log says is printable already.
func Printable(s string) string { return printable(s, false) }

// printable leaves tabs and ends of lines alone if the text has a layout.
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

// shownOctets is how many octets s begins with that may be shown.
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

// stackKey is the attribute that has lines of its own.
const stackKey = "stack"

// isSafe reports whether safeAttr would change nothing, as is usual.
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

// safeAttr makes an attribute with any value printable, before somebody's log handler sees it. Keys are
// ours. What formats itself is text from here on.
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
