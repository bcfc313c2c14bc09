package actorstest

import (
	"bufio"
	"net"

	"github.com/troupe-go/troupe/actors/internal/rawhttp"
)

// A Client is an HTTP/1.1 client that sends octets unchanged, and reads strictly: see the example.
type Client = rawhttp.Client

// A Response is a response as it was on the wire.
type Response = rawhttp.Response

// A Field is a field line of a Response, or of its trailers.
type Field = rawhttp.Field

// T is what a Client needs of a *testing.T.
type T = rawhttp.T

// Patience is the default of Client.Patience: how long each call waits at most. Silence is that of Client.Silence: how
// long WantIdle listens before it believes that nothing comes.
const (
	Patience = rawhttp.Patience
	Silence  = rawhttp.Silence
)

// Dial connects to a server, until the end of the test.
func Dial(t T, network, address string) *Client {
	t.Helper()
	return rawhttp.Dial(t, network, address)
}

// New makes a Client of a connection, which it closes at the end of the test.
func New(t T, conn net.Conn) *Client {
	t.Helper()
	return rawhttp.New(t, conn)
}

// ReadResponse reads one response to a request with that method.
func ReadResponse(in *bufio.Reader, method string) (*Response, error) {
	return rawhttp.ReadResponse(in, method)
}
