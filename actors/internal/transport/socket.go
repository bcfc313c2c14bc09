package transport

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"
)

// A Socket is the stream of octets below a connection. Only the connection uses it, and the connection never waits
// for the client to send: it demands, and is told when there is something to take.
type Socket interface {
	// Open sets two functions that must not block: arrived is called when something has arrived; waits is called, if
	// the socket can know, when a write is about to wait for the client.
	Open(arrived, waits func())
	// Demand asks for one notice when something can be taken. Another Demand before that changes nothing. If
	// something arrived and was not taken, the notice is repeated.
	Demand()
	// Take returns what has arrived, or why nothing more will: io.EOF if the client has ended its side. The octets
	// are lent until the next Take or Release.
	Take() ([]byte, error)
	// Release gives the octets back that Take lent; octets that were not taken yet stay.
	Release()
	// Broken reports whether the client is known to be gone, so that nothing can reach it. A client that has only
	// ended its side is not gone. A client that goes causes a notice that nobody demanded.
	Broken() bool
	// Ended reports whether the client is known to have ended its side. If Watch was called, there is a notice of
	// that even if nobody demands.
	Ended() bool
	// Watch asks for a notice if the client ends its side, or is gone, while nobody takes anything. The octets of the
	// last Take must not be needed any more.
	Watch()
	// Write sends all octets, and waits for the client to take them. It fails with os.ErrDeadlineExceeded if the
	// client takes nothing for the timeout, or fewer than rate octets per second while writes have waited that long.
	// A timeout or rate of 0 or below means none.
	Write(octets []byte, timeout time.Duration, rate int) error
	// CloseWrite ends the sending side: the client sees the end of the stream after the last octet.
	CloseWrite() error
	// Reset makes the following Close tell the client that something went wrong.
	Reset()
	// Close ends both sides, and the demand.
	Close()
	// Encrypted reports whether TLS protects the stream.
	Encrypted() bool
	// TLS is the state of TLS after its handshake; nil without TLS.
	TLS() *tls.ConnectionState
	// Peer is the network address of the client. It is known when octets have arrived.
	Peer() string
	// Preparing reports whether the client must still pass the gate before its first octets can be taken. When it has
	// passed, there is a notice, with nothing to take.
	Preparing() bool
}

// ErrNotSendable is the error of SendFile if the file has to be read and written instead.
var ErrNotSendable = errors.New("the kernel cannot send this file")

// readSize is how many octets are taken from a socket at once, at most.
const readSize = 16 << 10

// readBuffers are held by a socket only from the arrival of octets to their release, so that an idle connection holds
// none.
var readBuffers = sync.Pool{New: func() any { return new([readSize]byte) }}

// closeWrite ends the sending side of a net.Conn, or closes it if its kind cannot.
func closeWrite(conn net.Conn) error {
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return conn.Close()
}

// stateOf is the TLS state of a connection; nil without TLS.
func stateOf(conn net.Conn) *tls.ConnectionState {
	secure, ok := conn.(*tls.Conn)
	if !ok {
		return nil
	}
	state := secure.ConnectionState()
	return &state
}
