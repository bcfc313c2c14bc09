package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"time"
)

// outcome is what became of a request.
type outcome int

const (
	served outcome = iota // 200 in time
	shed                  // 503 in time
	failed                // any other answer, none in time, or a connection that broke
)

// An answer is what a visitor got, and what it says of how to go on.
type answer struct {
	outcome    outcome
	took       time.Duration // since the request was due
	retryAfter bool          // it has the field
	kept       bool          // the connection can be used again
}

// A visitor is a client with a patience and one connection at a time.
type visitor struct {
	addr     string
	from     string // the address that it comes from; any, if empty
	secure   bool   // it speaks TLS
	request  []byte
	patience time.Duration

	conn   net.Conn
	reader *bufio.Reader
}

// getRequest is what a visitor sends for that path.
func getRequest(path string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

// visit makes the request that was due then. A visitor that was kept waiting for longer than its
// patience, which begins when the request is due, gives up and closes its connection.
func (v *visitor) visit(ctx context.Context, due time.Time) answer {
	r, err := v.ask(ctx, v.request, due.Add(v.patience))
	a := answer{outcome: failed, took: time.Since(due)}
	if err != nil {
		return a
	}
	a.kept, a.retryAfter = !r.closes, r.retryAfter
	switch r.status {
	case http.StatusOK:
		a.outcome = served
	case http.StatusServiceUnavailable:
		a.outcome = shed
	}
	return a
}

// A reply is a response as a visitor read it.
type reply struct {
	status     int
	body       string
	retryAfter bool
	closes     bool
	at         time.Time
}

// ask makes a request and reads the whole response. The connection is reset after an error, and
// closed where the response says so.
func (v *visitor) ask(ctx context.Context, request []byte, deadline time.Time) (r reply, err error) {
	defer func() {
		if err != nil {
			v.reset()
		} else if r.closes {
			v.close()
		}
	}()
	if err := v.connect(ctx, deadline); err != nil {
		return reply{}, err
	}
	if err := v.conn.SetDeadline(deadline); err != nil {
		return reply{}, err
	}
	if _, err := v.conn.Write(request); err != nil {
		return reply{}, err
	}
	response, err := http.ReadResponse(v.reader, nil)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return reply{}, err
	}
	return reply{
		status: response.StatusCode, body: string(body), closes: response.Close,
		retryAfter: response.Header.Get("Retry-After") != "", at: time.Now(),
	}, nil
}

func (v *visitor) connect(ctx context.Context, deadline time.Time) error {
	if v.conn != nil {
		return nil
	}
	dialer := dialerFrom(v.from)
	dialer.Deadline = deadline
	conn, err := dialer.DialContext(ctx, "tcp", v.addr)
	if err != nil {
		return err
	}
	if v.secure {
		conn = tls.Client(conn, trustingAll())
	}
	v.conn, v.reader = conn, bufio.NewReaderSize(conn, 1<<10)
	return nil
}

// reset gives the connection up. Without a reset its port could not be used for a minute, and the
// visitors that give up would soon use up all ports of the machine.
func (v *visitor) reset() {
	if v.conn != nil {
		reset(v.conn)
		v.conn = nil
	}
}

func (v *visitor) close() {
	if v.conn != nil {
		_ = v.conn.Close() // nothing is lost with it
		v.conn = nil
	}
}
