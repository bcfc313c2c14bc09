package actors

import (
	"log/slog"
	"strings"
)

// target makes the attribute for a request target, or for a line that may have one.
func (l *actorLog) target(key, text string) slog.Attr {
	if l.hideQueries {
		text = withoutQuery(text)
	}
	return slog.String(key, text)
}

// withoutQuery puts "?…" in place of the query of a target or request line (RFC 3986 §3.4).
func withoutQuery(s string) string {
	at := strings.IndexByte(s, '?')
	if at < 0 {
		return s
	}
	_, version, more := strings.Cut(s[at:], " ")
	if more {
		version = " " + version
	}
	return s[:at] + "?…" + version
}
