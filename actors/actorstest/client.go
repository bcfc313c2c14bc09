package actorstest

import (
	"bufio"
	"io"
	"net"
	"time"
)

// Patience is how long each call of a new client waits at most.
const Patience = 10 * time.Second

// Silence is for how long a new client listens before it believes that nothing comes.
const Silence = 60 * time.Millisecond

// A T is what a client needs of a test. A *testing.T and a *testing.B are one. Its Fatalf must not return.
type T interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// A Client is one connection to a server.
//
// A client is for one goroutine at a time. Whatever fails the test (all but Exchange and Read) is for the
// goroutine that runs the test, as T.FailNow is.
type Client struct {
	// Conn is the connection. A test may do with it what it likes; what it writes is sent behind what
	// was sent before.
	Conn net.Conn

	// In is what comes from the server. It may have read more of Conn than was asked for, so read from
	// In, not from Conn. Whoever reads from In sets the deadline.
	In *bufio.Reader

	// Patience is how long each call waits at most: for the whole of a response, however it comes.
	Patience time.Duration

	// Silence is for how long WantIdle listens.
	Silence time.Duration

	t T
}

// Dial connects to a server: networks and addresses are those of net.Dial. The connection is closed at
// the end of the test, or earlier. It fails the test if it cannot connect within Patience.
func Dial(t T, network, address string) *Client {
	t.Helper()
	conn, err := net.DialTimeout(network, address, Patience)
	if err != nil {
		t.Fatalf("cannot connect: %v", err)
	}
	return New(t, conn)
}

// New makes a client of a connection, and closes it at the end of the test. The connection must have
// deadlines, as those of packages net and crypto/tls do.
func New(t T, conn net.Conn) *Client {
	t.Cleanup(func() { conn.Close() })
	return &Client{Conn: conn, In: bufio.NewReader(conn), Patience: Patience, Silence: Silence, t: t}
}

// begin gives the next call its time. Reading and writing have deadlines of their own, since on some
// connections in memory SetDeadline is for one of them alone.
func (c *Client) begin() {
	until := time.Now().Add(c.Patience)
	c.Conn.SetReadDeadline(until)
	c.Conn.SetWriteDeadline(until)
}

// Send sends octets as they are. It returns when the connection has taken them, and fails the test if
// it does not. On a pipe without a buffer that is when the server has read them.
func (c *Client) Send(octets string) {
	c.t.Helper()
	c.begin()
	if _, err := io.WriteString(c.Conn, octets); err != nil {
		c.t.Fatalf("cannot send %.200q: %v", octets, err)
	}
}

// CloseWrite ends the client's side of the stream: there will be no more requests. The server may still
// answer. It fails the test on a connection whose sides cannot end on their own.
func (c *Client) CloseWrite() {
	c.t.Helper()
	c.begin()
	side, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok {
		c.t.Fatalf("the sides of a %T do not end on their own", c.Conn)
		return
	}
	if err := side.CloseWrite(); err != nil {
		c.t.Fatalf("cannot end the client's side: %v", err)
	}
}

// Exchange sends octets and reads one response to a GET. It does not fail the test, so it is for other
// goroutines as well.
func (c *Client) Exchange(octets string) (*Response, error) {
	c.begin()
	if _, err := io.WriteString(c.Conn, octets); err != nil {
		return nil, err
	}
	return c.Read("GET")
}

// Read reads one response to a request of that method, as [ReadResponse] does. It does not fail the
// test, so it is for other goroutines as well. An error that is an os.ErrDeadlineExceeded says that the
// response was not all there in time.
func (c *Client) Read(method string) (*Response, error) {
	c.begin()
	return ReadResponse(c.In, method)
}
