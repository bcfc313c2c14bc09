package main

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
	g.dribble(ctx, "slow content", head, repeated("content", 1000))
}

// dribble sends the one at once and the other slowly, until it is answered 408. The end of the soak
// may cut it short.
func (g guest) dribble(ctx context.Context, what, atOnce, slowly string) {
	conn := g.dial(what)
	if conn == nil {
		return
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, atOnce) // that it failed shows in the answer
	reader := bufio.NewReader(conn)
	for start, n := time.Now(), 0; ctx.Err() == nil; n++ {
		if time.Since(start) > slowBound || n == len(slowly) {
			g.book.wrong(what, "no answer within %s", slowBound)
			return
		}
		_ = conn.SetDeadline(time.Now().Add(octetEvery))
		_, _ = io.WriteString(conn, slowly[n:n+1])
		if _, err := reader.Peek(1); !errors.Is(err, os.ErrDeadlineExceeded) {
			g.refused(conn, reader, what, http.StatusRequestTimeout)
			return
		}
	}
}

// refused reads an answer that must have this status, and the end of the connection behind it.
func (g guest) refused(conn net.Conn, reader *bufio.Reader, what string, status int) {
	_ = conn.SetDeadline(time.Now().Add(answerBound))
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		g.book.wrong(what, "no answer: %v", err)
		return
	}
	_, err = io.Copy(io.Discard, response.Body)
	switch {
	case err != nil:
		g.book.wrong(what, "the content is cut short: %v", err)
		return
	case response.StatusCode != status:
		g.book.wrong(what, "the status is %d, not %d", response.StatusCode, status)
		return
	case !response.Close:
		g.book.wrong(what, "a %d does not say that the connection closes", status)
		return
	}
	if _, err := reader.ReadByte(); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		g.book.wrong(what, "the connection goes on after a %d", status)
		return
	}
	g.book.right(what, status)
}

// slowReading reads a response a little at a time. It is whole nevertheless.
func slowReading(ctx context.Context, g guest) {
	const what, octets = "slow reading", 256 << 10
	conn := g.dial(what)
	if conn == nil {
		return
	}
	defer conn.Close()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(4 << 10) // or the kernel would read ahead
	}
	token := strconv.FormatUint(g.rand.Uint64(), 36)
	q := question{what: what, statuses: onlyServed, body: repeated(token, octets)}
	fmt.Fprintf(conn, "GET /octets/%s/%d HTTP/1.1\r\nHost: localhost\r\n\r\n", token, octets)
	reader := bufio.NewReader(&sipping{ctx, conn})
	response, err := http.ReadResponse(reader, nil)
	if err == nil {
		err = q.judge(response, nil)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
	case err != nil:
		g.book.wrong(what, "%v", err)
	default:
		g.book.right(what, response.StatusCode)
	}
}

// sipping reads a connection slowly, until the context ends.
type sipping struct {
	ctx  context.Context
	conn net.Conn
}

func (s *sipping) Read(p []byte) (int, error) {
	rest(s.ctx, 20*time.Millisecond)
	if s.ctx.Err() != nil {
		return 0, s.ctx.Err()
	}
	_ = s.conn.SetDeadline(time.Now().Add(answerBound))
	return s.conn.Read(p[:min(len(p), 4<<10)])
}
