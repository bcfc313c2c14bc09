package guests

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/load"
)

const (
	// floodTime is how long one flood lasts at most, and floodSize its octets.
	floodTime = 2 * time.Second
	floodSize = 4 << 20
)

// An abuse gets no useful answer. It must not hurt others, and must leave nothing behind.
type abuses struct {
	what string
	do   func(ctx context.Context, conn net.Conn)
}

func allAbuses() []abuses {
	flood := bytes.Repeat(load.Get("/static"), floodSize/len(load.Get("/static")))
	large := bytes.Repeat(load.Get("/octets/flood/200000"), 100)
	return []abuses{
		{"connections reset at once", func(context.Context, net.Conn) {}},
		{"half a head, then a reset", sending("GET /static HTTP/1.1\r\nHo")},
		{"half a content, then a reset", sending("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc")},
		{"half a content that is streamed, then a reset",
			sending("POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc")},
		{"a request, then a reset", sending("GET /late/gone HTTP/1.1\r\nHost: a\r\n\r\n")},
		{"a stream asked for, then a reset", sending(string(load.Get("/octets/gone/200000")))},
		{"giant heads", sending("GET /static HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("giant ", 1<<18))},
		{"floods of requests, read", func(ctx context.Context, conn net.Conn) {
			go func() { _, _ = io.Copy(io.Discard, conn) }() // it ends with the connection
			_, _ = conn.Write(flood)
		}},
		{"floods of requests, never read", func(ctx context.Context, conn net.Conn) { _, _ = conn.Write(flood) }},
		{"large responses, never read", func(ctx context.Context, conn net.Conn) {
			_, _ = conn.Write(large)
			machine.Rest(ctx, floodTime)
		}},
	}
}

// everyAbuse is made once, because its floods are large.
var everyAbuse = allAbuses()

func sending(octets string) func(context.Context, net.Conn) {
	return func(ctx context.Context, conn net.Conn) {
		_, _ = io.WriteString(conn, octets) // the server may have seen enough
		machine.Rest(ctx, 5*time.Millisecond)
	}
}

// abuse does one of them, and ends with a reset.
func abuse(ctx context.Context, g guest) {
	a := everyAbuse[g.rand.IntN(len(everyAbuse))]
	conn := g.dial(a.what)
	if conn == nil {
		return
	}
	_ = conn.SetDeadline(time.Now().Add(floodTime))
	a.do(ctx, conn)
	load.Reset(conn)
	g.book.Abused(a.what)
}
