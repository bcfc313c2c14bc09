package actors

import (
	"net"
	"sync"
	"time"
)

// A socket is the stream of octets below a connection. Only the connection touches it, and it never
// waits for the client to send: it demands, and is told when there is something to take.
type socket interface {
	// open names whom to tell of what arrives, and that a write is about to wait for the client, where that
	// is known; neither must block.
	open(arrived, waits func())
	// demand asks to be told, once, when something can be taken. Demanding again before that changes
	// nothing; what arrived and was not taken is told again.
	demand()
	// take returns what arrived, or why nothing more will: io.EOF if the client has ended its side.
	// The octets are lent until the next take or release.
	take() ([]byte, error)
	// release gives the octets back that take lent; what was not taken yet stays.
	release()
	// broken reports whether the client is known to be gone, so that nothing can reach it any more; a
	// client that has only ended its side is not. Then there is a notice that nobody demanded.
	broken() bool
	// ended reports whether the client is known to have ended its side. While nobody demands there is a
	// notice of that as well, if watch was called.
	ended() bool
	// watch asks to be told when the client ends its side, or is gone, while nobody takes anything. What
	// was taken must not be needed any more.
	watch()
	// write sends all octets. It waits while the client takes them, and fails when it has taken
	// nothing for the timeout.
	write(octets []byte, timeout time.Duration) error
	// closeWrite ends the sending side: the client sees the end of the stream after the last octet.
	closeWrite() error
	// reset has the following close tell the client that something went wrong.
	reset()
	// close ends both sides and the demand.
	close()
	// encrypted reports whether TLS protects the stream.
	encrypted() bool
	// peer is the network address of the client. It is known when octets have arrived.
	peer() string
	// preparing reports whether the client has to say something before its first octets can be taken:
	// the header of a proxy, the handshake of TLS. When it has, there is a notice, with nothing to take.
	preparing() bool
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
