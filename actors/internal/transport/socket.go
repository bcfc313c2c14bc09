package transport

import (
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// A Socket is the stream of octets below a connection. Only the connection touches it, and it never
// waits for the client to send: it demands, and is told when there is something to take.
type Socket interface {
	// Open names whom to tell of what arrives, and that a write is about to wait for the client, where that
	// is known; neither must block.
	Open(arrived, waits func())
	// Demand asks to be told, once, when something can be taken. Demanding again before that changes
	// nothing; what arrived and was not taken is told again.
	Demand()
	// Take returns what arrived, or why nothing more will: io.EOF if the client has ended its side.
	// The octets are lent until the next Take or release.
	Take() ([]byte, error)
	// Release gives the octets back that take lent; what was not taken yet stays.
	Release()
	// Broken reports whether the client is known to be gone, so that nothing can reach it any more; a
	// client that has only ended its side is not. Then there is a notice that nobody demanded.
	Broken() bool
	// Ended reports whether the client is known to have Ended its side. While nobody demands there is a
	// notice of that as well, if watch was called.
	Ended() bool
	// Watch asks to be told when the client ends its side, or is gone, while nobody takes anything. What
	// was taken must not be needed any more.
	Watch()
	// Write sends all octets. It waits while the client takes them, and fails with os.ErrDeadlineExceeded when
	// it has taken nothing for the timeout, or less than rate octets a second while writes waited for as
	// long as that. A timeout not above 0 is none, and so is such a rate.
	Write(octets []byte, timeout time.Duration, rate int) error
	// CloseWrite ends the sending side: the client sees the end of the stream after the last octet.
	CloseWrite() error
	// Reset has the following close tell the client that something went wrong.
	Reset()
	// Close ends both sides and the demand.
	Close()
	// Encrypted reports whether TLS protects the stream.
	Encrypted() bool
	// TLS is the state of that TLS, after its handshake; nil without.
	TLS() *tls.ConnectionState
	// Peer is the network address of the client. It is known when octets have arrived.
	Peer() string
	// Preparing reports whether the client has to say something before its first octets can be taken:
	// the header of a proxy, the handshake of TLS. When it has, there is a notice, with nothing to take.
	Preparing() bool
}

// readSize is how many octets are taken from a socket at a time, at most.
const readSize = 16 << 10

// readBuffers are held by a socket only between the arrival of octets and their release, so that an
// idle connection costs none.
var readBuffers = sync.Pool{New: func() any { return new([readSize]byte) }}

// closeWrite ends the sending side of a net.Conn, where its kind has one.
func closeWrite(conn net.Conn) error {
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return conn.Close()
}

// stateOf is the state of a connection that speaks TLS; nil for others.
func stateOf(conn net.Conn) *tls.ConnectionState {
	secure, ok := conn.(*tls.Conn)
	if !ok {
		return nil
	}
	state := secure.ConnectionState()
	return &state
}
