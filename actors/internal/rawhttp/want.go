package rawhttp

import (
	"errors"
	"io"
	"net"
	"os"
	"time"
)

// Want reads one response to a GET, or to any method but HEAD. It fails the test unless the response has that status,
// such as "200 OK", and that content, if one is given. An interim response, such as "100 Continue", needs a Want of
// its own before the final one.
func (c *Client) Want(why, status string, content ...string) *Response {
	c.t.Helper()
	return c.want("GET", why, status, content)
}

// WantHead is Want for a HEAD: the response has no content, whatever its fields say.
func (c *Client) WantHead(why, status string) *Response {
	c.t.Helper()
	return c.want("HEAD", why, status, nil)
}

func (c *Client) want(method, why, status string, content []string) *Response {
	c.t.Helper()
	r, err := c.Read(method)
	if err != nil {
		c.t.Fatalf("%s: %v: got %v, want %s %.200q", why, err, r, status, content)
	}
	if r.Status != status || len(content) > 0 && r.Content != content[0] {
		c.t.Fatalf("%s: got %v, want %s %.200q", why, r, status, content)
	}
	return r
}

// WantOctets fails the test unless exactly these octets come next. Later octets are left for the next call.
func (c *Client) WantOctets(why, octets string) {
	c.t.Helper()
	c.begin()
	got := make([]byte, len(octets))
	if n, err := io.ReadFull(c.In, got); err != nil || string(got) != octets {
		c.t.Fatalf("%s: got %.500q (%v), want %.500q", why, got[:n], err, octets)
	}
}

// WantClosed fails the test unless the server has ended the stream, with nothing before that. Then the client closes,
// too. Over TLS the end must be announced: a stream that is cut off is not closed.
func (c *Client) WantClosed(why string) {
	c.t.Helper()
	c.begin()
	if _, err := c.In.Peek(1); err != io.EOF {
		c.t.Fatalf("%s: got %.200q (%v), want the end of the stream", why, c.arrived(), err)
	}
	c.Conn.Close()
}

// WantIdle fails the test unless the connection stays open and silent: it listens for Silence, 60 ms by default.
func (c *Client) WantIdle(why string) {
	c.t.Helper()
	c.Conn.SetReadDeadline(time.Now().Add(c.Silence))
	if _, err := c.In.Peek(1); !errors.Is(err, os.ErrDeadlineExceeded) {
		c.t.Fatalf("%s: got %.200q (%v), want silence", why, c.arrived(), err)
	}
}

// WantReset fails the test unless the connection breaks, rather than ends. Octets before that do not matter, since a
// reset may overtake them. Then the client closes, too.
func (c *Client) WantReset(why string) {
	c.t.Helper()
	c.begin()
	_, err := io.Copy(io.Discard, c.In)
	switch {
	case err == nil:
		c.t.Fatalf("%s: the stream ended, want a reset", why)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		c.t.Fatalf("%s: %v, want a reset", why, err)
	}
	c.Conn.Close()
}

// arrived returns the octets that have come and were not read.
func (c *Client) arrived() []byte {
	octets, _ := c.In.Peek(c.In.Buffered())
	return octets
}
