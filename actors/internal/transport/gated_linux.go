package transport

import (
	"crypto/tls"
	"errors"
	"net"
	"time"
)

// A gatedSocket is a polledSocket whose client has something to say first: the header of a proxy, the
// handshake of TLS. Afterwards it costs no goroutine and no buffer either.
type gatedSocket struct {
	polledSocket
	below  polledConn
	conn   net.Conn // what octets are read from and written to: TLS, or what has read the header
	failed error    // why nothing more can be taken
	abrupt bool     // the client is to see that something went wrong
}

// gated makes a socket of one that the poller does not watch yet, or nil if its client may begin at once.
func (g *gate) gated(plain *polledSocket, local net.Addr) *gatedSocket {
	s := &gatedSocket{}
	s.fd, s.poller, s.address = plain.fd, plain.poller, plain.address
	s.below = polledConn{socket: &s.polledSocket, local: local}
	conn, steps := g.over(&s.below)
	if steps == nil {
		return nil
	}
	s.conn = conn
	s.preparing.Store(newPreparation(steps, s.prepared))
	return s
}

// prepared is called by the goroutine of the preparation, as the last that it does. The descriptor may have
// been closed meanwhile: Take looks for itself.
func (s *gatedSocket) prepared(err error) {
	s.failed = err
	s.below.deadline = time.Time{}
	s.preparing.Store(nil)
	if !s.closed.Load() {
		s.arrived()
	}
}

func (s *gatedSocket) Take() ([]byte, error) {
	if s.closed.Load() {
		return nil, net.ErrClosed
	}
	// Quiet before the read, as for any polledSocket.
	if s.Preparing() || !s.state.CompareAndSwap(told, quiet) {
		return nil, nil
	}
	n, more := s.read()
	if more || s.over.Load() {
		s.state.CompareAndSwap(quiet, ready) // perhaps within TLS, and no edge to come
	}
	if n > 0 {
		return s.buffer[:n], nil // an error comes with the next Take
	}
	s.Release()
	return nil, s.failed
}

// read reads what there is, as far as the buffer goes.
func (s *gatedSocket) read() (n int, more bool) {
	if s.failed != nil {
		return 0, true
	}
	s.below.drained = false
	s.below.settle() // an error comes again with the next write
	if s.buffer == nil {
		s.buffer = readBuffers.Get().(*[readSize]byte)
	}
	for n < readSize {
		m, err := s.conn.Read(s.buffer[n:])
		n += m
		if err == (nothingYet{}) {
			return n, false
		}
		if err != nil {
			s.failed = err
			break
		}
	}
	return n, true
}

// errUnprepared is that of a connection that speaks before its client may listen.
var errUnprepared = errors.New("the client has not said what has to come first")

func (s *gatedSocket) Write(octets []byte, timeout time.Duration, rate int) error {
	switch {
	case s.closed.Load():
		return net.ErrClosed
	case s.Preparing():
		return errUnprepared
	case s.below.broken != nil:
		return s.below.broken
	}
	s.timeout, s.rate = timeout, rate
	s.below.waits = true
	defer func() { s.below.waits = false }()
	if unsent := s.below.unsent; len(unsent) > 0 {
		s.below.unsent = nil
		if _, err := s.below.Write(unsent); err != nil {
			return err
		}
	}
	_, err := s.conn.Write(octets)
	return err
}

// CloseWrite says that this is the end, in TLS: as soon as the client takes it.
func (s *gatedSocket) CloseWrite() error {
	switch {
	case s.closed.Load():
		return net.ErrClosed
	case s.Preparing():
		return errUnprepared
	}
	return closeWrite(s.conn)
}

func (s *gatedSocket) Reset() {
	s.abrupt = true
	s.polledSocket.Reset()
}

// Close has TLS say that this is the end (RFC 8446 §6.1), unless it is not or cannot be said at once.
func (s *gatedSocket) Close() {
	if p := s.preparing.Load(); p != nil {
		p.close(s.polledSocket.Close)
		return
	}
	if s.Encrypted() && !s.closed.Load() && !s.abrupt && s.below.broken == nil {
		closeWrite(s.conn)
	}
	s.polledSocket.Close()
}

func (s *gatedSocket) Encrypted() bool {
	_, secure := s.conn.(*tls.Conn)
	return secure
}

func (s *gatedSocket) TLS() *tls.ConnectionState { return stateOf(s.conn) }

func (s *gatedSocket) Peer() string { return peerOf(s.conn.RemoteAddr()) }
