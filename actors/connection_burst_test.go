package actors

import (
	"context"
	"log/slog"
	"runtime"
	"strings"
	"testing"
)

// A deepLog is a log that knows how deep the stack was at each line, in frames.
type deepLog struct {
	*lines
	line              string // that it looks at
	seen, first, deep int    // how many; how deep the first, and the deepest
}

func (l *deepLog) Handle(ctx context.Context, record slog.Record) error {
	if record.Message == l.line {
		callers := make([]uintptr, 1<<16)
		depth := runtime.Callers(0, callers)
		if l.seen++; l.seen == 1 {
			l.first = depth
		}
		l.deep = max(l.deep, depth)
	}
	return l.lines.Handle(ctx, record)
}

// A burst of requests that were answered at once used one more level of calls for each.
func TestABurstThatIsRefusedDoesNotRecurse(t *testing.T) {
	const burst = 1893
	for name, test := range map[string]struct{ request, line, begin string }{
		"a target of https":       {"GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "exchange", "HTTP/1.1 421"},
		"with content":            {"POST https://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "exchange", "HTTP/1.1 421"},
		"with content in pieces":  {"POST https://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "exchange", "HTTP/1.1 421"},
		"that no route is for":    {ask("GET", "/none"), "exchange", "HTTP/1.1 404"},
		"that a function refuses": {ask("GET", "/crash"), "exchange", "HTTP/1.1 500"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				log := &deepLog{lines: k.log, line: test.line}
				k.configure(func(c *Config) { c.Logger = slog.New(log) })
				k.serve("/crash", Func(func(*Request) *Response { panic("asked to") }))
				k.peer.send(strings.Repeat(test.request, burst))
				k.wait(burstPause)
				for range burst {
					k.peer.want("each is answered", test.begin)
				}
				if log.seen != burst || log.deep > log.first+10 {
					t.Errorf("want %d lines from the same depth, got %d from %d to %d frames", burst, log.seen, log.first, log.deep)
				}
				k.peer.send(ask("GET", "/none"))
				k.peer.want("the connection goes on", "HTTP/1.1 404")
			})
		})
	}
}
