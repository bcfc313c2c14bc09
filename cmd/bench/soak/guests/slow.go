package guests

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/load"
)

// slowBound is how long a 408 may take; the server gives up after 10 s.
const slowBound = 20 * time.Second

// slowHead sends a request head an octet a second.
func slowHead(ctx context.Context, g guest) {
	g.dribble(ctx, "slow head", "", "GET /static HTTP/1.1\r\nHost: localhost\r\nX-Long: and so on and on\r\n\r\n")
}

// slowContent sends a request content an octet a second.
func slowContent(ctx context.Context, g guest) {
	const head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
	g.dribble(ctx, "slow content", head, site.Repeated("content", 1000))
}

// dribble sends atOnce at once and slowly slowly, until it is answered 408. The end of the soak may cut it short.
func (g guest) dribble(ctx context.Context, what, atOnce, slowly string) {
	conn := g.dial(what)
	if conn == nil {
		return
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, atOnce) // a failure shows in the answer
	reader := bufio.NewReader(conn)
	for start, n := time.Now(), 0; ctx.Err() == nil; n++ {
		if time.Since(start) > slowBound || n == len(slowly) {
			g.book.Wrong(what, "no answer within %s", slowBound)
			return
		}
		_ = conn.SetDeadline(time.Now().Add(load.OctetEvery))
		_, _ = io.WriteString(conn, slowly[n:n+1])
		if _, err := reader.Peek(1); !errors.Is(err, os.ErrDeadlineExceeded) {
			g.refused(conn, reader, what, http.StatusRequestTimeout)
			return
		}
	}
}

// slowReading reads a response a little at a time. The response must still be complete.
func slowReading(ctx context.Context, g guest) {
	const what, octets = "slow reading", 256 << 10
	conn := g.dial(what)
	if conn == nil {
		return
	}
	defer conn.Close()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(4 << 10) // otherwise the kernel would read ahead
	}
	token := strconv.FormatUint(g.rand.Uint64(), 36)
	q := question{what: what, statuses: onlyServed, body: site.Repeated(token, octets)}
	fmt.Fprintf(conn, "GET /octets/%s/%d HTTP/1.1\r\nHost: localhost\r\n\r\n", token, octets)
	reader := bufio.NewReader(&sipping{ctx, conn})
	response, err := http.ReadResponse(reader, nil)
	if err == nil {
		err = q.judge(response, nil)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
	case err != nil:
		g.book.Wrong(what, "%v", err)
	default:
		g.book.Right(what, response.StatusCode)
	}
}

// sipping reads a connection slowly, until the context ends.
type sipping struct {
	ctx  context.Context
	conn net.Conn
}

// Read reads a little, after a while.
func (s *sipping) Read(p []byte) (int, error) {
	machine.Rest(s.ctx, 20*time.Millisecond)
	if s.ctx.Err() != nil {
		return 0, s.ctx.Err()
	}
	_ = s.conn.SetDeadline(time.Now().Add(answerBound))
	return s.conn.Read(p[:min(len(p), 4<<10)])
}
