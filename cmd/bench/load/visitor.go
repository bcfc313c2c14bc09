// Package load has the clients: one visitor, many in a closed or an open loop, and a prober.
package load

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/certificate"
)

// outcome is the outcome of a request.
type outcome int

const (
	served outcome = iota // 200 in time
	shed                  // 503 in time
	failed                // any other answer, none in time, or a connection that broke
)

// An answer is the outcome for a visitor, and how it can go on.
type answer struct {
	outcome    outcome
	took       time.Duration // since the request was due
	retryAfter bool          // the answer has Retry-After
	kept       bool          // the connection can be used again
}

// A Visitor is a client with a patience and one connection at a time.
type Visitor struct {
	Addr     string // of the server
	from     string // its own address; any, if empty
	Secure   bool   // it speaks TLS
	request  []byte
	patience time.Duration

	conn   net.Conn
	reader *bufio.Reader
}

// Get is the request of a visitor for that path.
func Get(path string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

// visit makes the request that was due then. Patience begins when the request is due: a visitor that waits longer
// gives up and closes its connection.
func (v *Visitor) visit(ctx context.Context, due time.Time) answer {
	r, err := v.Ask(ctx, v.request, due.Add(v.patience))
	a := answer{outcome: failed, took: time.Since(due)}
	if err != nil {
		return a
	}
	a.kept, a.retryAfter = !r.closes, r.retryAfter
	switch r.Status {
	case http.StatusOK:
		a.outcome = served
	case http.StatusServiceUnavailable:
		a.outcome = shed
	}
	return a
}

// A Reply is a response as a visitor read it.
type Reply struct {
	Status     int    // its status code
	Body       string // its content
	retryAfter bool
	closes     bool
	At         time.Time // when it was read
}

// Ask makes a request and reads the whole response. It resets the connection after an error, and closes it if the
// response says so.
func (v *Visitor) Ask(ctx context.Context, request []byte, deadline time.Time) (r Reply, err error) {
	defer func() {
		if err != nil {
			v.reset()
		} else if r.closes {
			v.Close()
		}
	}()
	if err := v.connect(ctx, deadline); err != nil {
		return Reply{}, err
	}
	if err := v.conn.SetDeadline(deadline); err != nil {
		return Reply{}, err
	}
	if _, err := v.conn.Write(request); err != nil {
		return Reply{}, err
	}
	response, err := http.ReadResponse(v.reader, nil)
	if err != nil {
		return Reply{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return Reply{}, err
	}
	return Reply{
		Status: response.StatusCode, Body: string(body), closes: response.Close,
		retryAfter: response.Header.Get("Retry-After") != "", At: time.Now(),
	}, nil
}

func (v *Visitor) connect(ctx context.Context, deadline time.Time) error {
	if v.conn != nil {
		return nil
	}
	dialer := DialerFrom(v.from)
	dialer.Deadline = deadline
	conn, err := dialer.DialContext(ctx, "tcp", v.Addr)
	if err != nil {
		return err
	}
	if v.Secure {
		conn = tls.Client(conn, certificate.TrustingAll())
	}
	v.conn, v.reader = conn, bufio.NewReaderSize(conn, 1<<10)
	return nil
}

// reset closes the connection with a reset. Otherwise its port could not be used for a minute, and visitors that give
// up would soon use up all ports of the machine.
func (v *Visitor) reset() {
	if v.conn != nil {
		Reset(v.conn)
		v.conn = nil
	}
}

// Close closes the connection, if there is one.
func (v *Visitor) Close() {
	if v.conn != nil {
		_ = v.conn.Close() // nothing is lost with it
		v.conn = nil
	}
}
