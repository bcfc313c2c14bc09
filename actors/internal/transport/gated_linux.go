package transport

import (
	"crypto/tls"
	"errors"
	"net"
	"time"
)

// A gatedSocket is a polledSocket whose client must pass a gate first. Afterwards it also costs no goroutine and no
// buffer.
type gatedSocket struct {
	polledSocket
	below  polledConn
	conn   net.Conn // where octets are read and written: TLS, or the connection after the proxy's header
	failed error    // why no more can be taken
	abrupt bool     // the client must see that something went wrong
}

// gated makes a gated socket of one that the poller does not watch yet; nil if there is nothing to pass.
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

// prepared is the last call of the preparation's goroutine. The descriptor may be closed by then: Take checks for
// itself.
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
	// Quiet before the read, as in polledSocket.Take.
	if s.Preparing() || !s.state.CompareAndSwap(told, quiet) {
		return nil, nil
	}
	n, more := s.read()
	if more || s.over.Load() {
		s.state.CompareAndSwap(quiet, ready) // more octets may be inside TLS, without another edge
	}
	if n > 0 {
		return s.buffer[:n], nil // the next Take returns an error
	}
	s.Release()
	return nil, s.failed
}

// read reads what has arrived, up to the size of the buffer.
func (s *gatedSocket) read() (n int, more bool) {
	if s.failed != nil {
		return 0, true
	}
	s.below.drained = false
	s.below.settle() // the next write repeats an error
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

// errUnprepared is the error of a write before the client has passed the gate.
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

// CloseWrite ends the sending side; with TLS, it sends the closing alert as soon as the client takes it.
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

// Close makes TLS send its closing alert (RFC 8446 §6.1), unless that would be wrong or has to wait.
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
