package rawhttp

import (
	"bufio"
	"io"
	"net"
	"time"
)

// Patience is the default of Client.Patience: how long each call waits at most.
const Patience = 10 * time.Second

// Silence is the default of Client.Silence: how long WantIdle listens before it believes that nothing comes.
const Silence = 60 * time.Millisecond

// A T is the part of a test that a client needs, such as a *testing.T or a *testing.B. Its Fatalf must not return.
type T interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// A Client is one connection to a server.
//
// Only one goroutine at a time may use a client. Methods that can fail the test (all but Exchange and Read) must be
// called on the goroutine that runs the test, like T.FailNow.
type Client struct {
	// Conn is the connection. A test may use it freely; what it writes is sent after what was sent before.
	Conn net.Conn

	// In is what comes from the server. It may have read more of Conn than was asked for, so read from In, not from
	// Conn. If you read from In, set the deadline yourself.
	In *bufio.Reader

	// Patience is how long each call waits at most, for the whole of a response.
	Patience time.Duration

	// Silence is how long WantIdle listens.
	Silence time.Duration

	t T
}

// Dial connects to a server, with a network and an address as for net.Dial. The connection is closed at the end of
// the test, or earlier. The test fails if Dial cannot connect within Patience.
func Dial(t T, network, address string) *Client {
	t.Helper()
	conn, err := net.DialTimeout(network, address, Patience)
	if err != nil {
		t.Fatalf("cannot connect: %v", err)
	}
	return New(t, conn)
}

// New makes a client of a connection, and closes it at the end of the test. The connection must support deadlines,
// like those of packages net and crypto/tls.
func New(t T, conn net.Conn) *Client {
	t.Cleanup(func() { conn.Close() })
	return &Client{Conn: conn, In: bufio.NewReader(conn), Patience: Patience, Silence: Silence, t: t}
}

// begin sets the deadlines of the next call. It sets two, since on some connections in memory SetDeadline applies to
// only one of reading and writing.
func (c *Client) begin() {
	until := time.Now().Add(c.Patience)
	c.Conn.SetReadDeadline(until)
	c.Conn.SetWriteDeadline(until)
}

// Send sends octets unchanged. It returns when the connection has taken them, and fails the test if it does not. On a
// pipe without a buffer that is when the server has read them.
func (c *Client) Send(octets string) {
	c.t.Helper()
	c.begin()
	if _, err := io.WriteString(c.Conn, octets); err != nil {
		c.t.Fatalf("cannot send %.200q: %v", octets, err)
	}
}

// CloseWrite ends the client's side of the stream: no more requests will come. The server may still answer. The test
// fails if the sides of the connection cannot end separately.
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

// Exchange sends octets and reads one response to a GET. It does not fail the test, so other goroutines may call it
// as well.
func (c *Client) Exchange(octets string) (*Response, error) {
	c.begin()
	if _, err := io.WriteString(c.Conn, octets); err != nil {
		return nil, err
	}
	return c.Read("GET")
}

// Read reads one response to a request of that method, like [ReadResponse]. It does not fail the test, so other
// goroutines may call it as well. An os.ErrDeadlineExceeded says that the response was not complete in time.
func (c *Client) Read(method string) (*Response, error) {
	c.begin()
	return ReadResponse(c.In, method)
}
