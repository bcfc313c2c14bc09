package assault

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/vitals"
)

// abandonedTime is how long a client waits before it gives up: long enough for its request to be read.
const abandonedTime = 20 * time.Millisecond

// largeField is near the greatest field section.
var largeField = "X: " + strings.Repeat("a", 65_000) + "\r\n"

func largeGet(path string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + largeField + "\r\n")
}

// uploadOf is the last request of a connection. It announces that many octets of content, of which only come are
// sent.
func uploadOf(path string, octets, come int) []byte {
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", path, octets)
	return append([]byte(head), make([]byte, come)...)
}

func abandonedGets(e *Enemy) { e.behind(http.MethodGet, "/stuck/", largeGet("/stuck/1ms"), e.abandon) }

func abandonedPosts(e *Enemy) {
	e.behind(http.MethodPost, "/stuck/", uploadOf("/stuck/1ms", 8<<20, 8<<20), e.abandon)
}

func lateGets(e *Enemy) { e.behind(http.MethodGet, "/late/", largeGet("/late/1ms"), awaitEnd) }

func latePosts(e *Enemy) {
	e.behind(http.MethodPost, "/late/", uploadOf("/late/1ms", 8<<20, 8<<20), awaitEnd)
}

// behind makes the handler of a route stuck for longer than the assault lasts, and lets others queue for it.
func (e *Enemy) behind(method, path string, request []byte, then func(net.Conn)) {
	first := e.dial()
	if first == nil {
		return
	}
	defer load.Reset(first)
	_, _ = fmt.Fprintf(first, "%s %s%s HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", method, path, e.lasting+stuckTime)
	machine.Rest(e.ctx, 10*abandonedTime)
	e.each(func(conn net.Conn) {
		_, _ = conn.Write(request) // that it was refused shows in the figures
		then(conn)
	})
}

// stuckTime is how long a handler stays stuck; it is longer than the assault.
const stuckTime = vitals.Leaving + 30*time.Second

func (e *Enemy) abandon(net.Conn) { machine.Rest(e.ctx, abandonedTime) }

// awaitEnd reads until the server closes the connection.
func awaitEnd(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }
