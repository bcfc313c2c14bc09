package transport

import (
	"crypto/tls"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// A Stream is a Socket over any net.Conn. Its own goroutine waits for octets, and holds no protocol state.
type Stream struct {
	conn    net.Conn // the connection below, or TLS on top of it
	below   *patientConn
	raw     syscall.RawConn // nil unless the kernel can tell when to read
	prepare func() error    // called by the goroutine before the first octets can be taken
	arrived func()
	demands chan struct{}
	closed  atomic.Bool
	lent
	notice

	stuck  bool // a write failed
	abrupt bool // the client must see that something went wrong
}

// lent is what was read. Between a demand and the notice it belongs to the goroutine, otherwise to the connection.
type lent struct {
	buffer *[readSize]byte
	small  []byte // for waiting; unused if the kernel can tell when to read
	large  bool   // small was too small for the last read
	octets []byte // in buffer or small, to be taken
	err    error
}

// A notice is what the connection has been told.
type notice struct {
	unready  atomic.Bool // until prepare has ended
	demanded bool        // a notice is due, or was given and not used yet
	told     atomic.Bool // the notice was given
}

// NewStream makes a Socket of any connection.
func NewStream(conn net.Conn) *Stream {
	below := newPatientConn(conn)
	s := newStreamOn(below, below)
	if kernel, ok := conn.(syscall.Conn); ok && canWaitReadable {
		s.raw, _ = kernel.SyscallConn()
	}
	return s
}

// newStreamOn makes a Socket of conn, which lies on top of below.
func newStreamOn(conn net.Conn, below *patientConn) *Stream {
	return &Stream{conn: conn, below: below, demands: make(chan struct{}, 1)}
}

// prepareBy makes the goroutine prepare first, on the first demand. When the preparation has ended there is a notice,
// with nothing to take unless it failed.
func (s *Stream) prepareBy(prepare func() error) {
	s.prepare = prepare
	s.unready.Store(true)
}

func (s *Stream) Preparing() bool { return s.unready.Load() }

func (s *Stream) Open(arrived, _ func()) {
	s.arrived = arrived
	go s.read()
}

// read waits and reads on demand, until the socket is closed.
func (s *Stream) read() {
	for range s.demands {
		if s.readOnce(); s.closed.Load() {
			return
		}
	}
}

// readOnce ends with a notice, even if a preparation ends the goroutine.
func (s *Stream) readOnce() {
	defer func() {
		if s.unready.Store(false); !s.closed.Load() {
			s.told.Store(true)
			s.arrived()
		}
	}()
	switch {
	case s.prepare != nil:
		prepare := s.prepare
		s.prepare, s.err = nil, errUnfinished
		s.err = prepare()
	case s.raw != nil:
		s.err = s.readWhenReadable()
	default:
		s.err = s.readSmall()
	}
}

// readSmall waits with a small buffer, as it cannot know when octets come. If they fill it, more will probably
// follow, so the next read uses a large buffer, once: after that the client may be silent again.
func (s *Stream) readSmall() (err error) {
	if s.small == nil {
		s.small = make([]byte, smallSize)
	}
	into := s.small
	if s.large {
		s.buffer = readBuffers.Get().(*[readSize]byte)
		into = s.buffer[:]
	}
	n, err := s.conn.Read(into)
	s.octets, s.large = into[:n], n == smallSize && !s.large
	return err
}

// smallSize is enough for most request heads, in octets.
const smallSize = 512

func (s *Stream) Broken() bool {
	return s.told.Load() && len(s.octets) == 0 && s.err != nil && s.err != io.EOF
}

func (s *Stream) Ended() bool { return s.told.Load() && len(s.octets) == 0 && s.err == io.EOF }

// Watch makes the goroutine read ahead. What it reads waits until it is demanded.
func (s *Stream) Watch() { s.Demand() }

func (s *Stream) Demand() {
	if s.closed.Load() {
		return
	}
	if s.demanded {
		if s.told.Load() {
			s.arrived()
		}
		return
	}
	s.demanded = true
	s.demands <- struct{}{}
}

func (s *Stream) Take() ([]byte, error) {
	if s.closed.Load() {
		return nil, net.ErrClosed
	}
	if !s.told.Swap(false) {
		return nil, nil // a repeated notice
	}
	s.demanded = false
	if octets := s.octets; len(octets) > 0 {
		s.octets = nil
		return octets, nil // the next read repeats an error
	}
	return nil, s.err
}

func (s *Stream) Release() {
	if s.demanded {
		return // the reader has the buffer, or it holds octets that were not taken
	}
	if s.buffer != nil {
		readBuffers.Put(s.buffer)
		s.buffer, s.octets = nil, nil
	}
}

func (s *Stream) Write(octets []byte, timeout time.Duration, rate int) error {
	err := s.below.begin(timeout, rate)
	if err == nil {
		_, err = s.conn.Write(octets)
	}
	if err != nil {
		s.stuck = true
	}
	return err
}

func (s *Stream) CloseWrite() error {
	if s.below.writing.Load() > 0 {
		return os.ErrDeadlineExceeded // TLS is still sending something, and the client does not take it
	}
	s.below.timeout.Store(0) // TLS sets a timeout of its own for the closing alert
	return closeWrite(s.conn)
}

func (s *Stream) Reset() {
	s.abrupt = true
	for conn := s.bottom(); ; {
		switch below := conn.(type) {
		case *net.TCPConn:
			below.SetLinger(0)
			return
		case interface{ NetConn() net.Conn }: // a foreign wrapper
			conn = below.NetConn()
		default:
			return
		}
	}
}

// bottom is the connection below the wrappers of this package and below TLS.
func (s *Stream) bottom() net.Conn {
	for conn := s.conn; ; {
		switch above := conn.(type) {
		case *patientConn:
			conn = above.Conn
		case *proxiedConn:
			conn = above.Conn
		case *tls.Conn:
			conn = above.NetConn()
		default:
			return conn
		}
	}
}

func (s *Stream) Close() {
	if s.closed.Swap(true) {
		return
	}
	close(s.demands)
	s.below.timeout.Store(0)
	if s.abrupt || s.stuck || s.below.writing.Load() > 0 {
		s.bottom().Close() // TLS would send the closing alert (RFC 8446 §6.1), or wait until it can
		return
	}
	s.conn.Close()
}

func (s *Stream) Encrypted() bool {
	_, ours := s.conn.(*tls.Conn)
	_, theirs := s.below.Conn.(*tls.Conn) // of a listener that speaks TLS itself
	return ours || theirs
}

func (s *Stream) TLS() *tls.ConnectionState {
	if state := stateOf(s.conn); state != nil {
		return state
	}
	return stateOf(s.below.Conn)
}

func (s *Stream) Peer() string { return peerOf(s.conn.RemoteAddr()) }
