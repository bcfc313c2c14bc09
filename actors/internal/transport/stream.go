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

// A Stream is any net.Conn. A goroutine of its own waits for what arrives, and holds no
// protocol state.
type Stream struct {
	conn    net.Conn // below, or TLS on top of it
	below   *patientConn
	raw     syscall.RawConn // nil unless the kernel can say when to read
	prepare func() error    // the goroutine's: what comes before the first octets that can be taken
	arrived func()
	demands chan struct{}
	closed  atomic.Bool
	lent
	notice

	stuck  bool // a write failed
	abrupt bool // the client is to see that something went wrong
}

// lent is what was read. Between a demand and the notice it is the goroutine's; before and after, the connection's.
type lent struct {
	buffer *[readSize]byte
	small  []byte // to wait with; unused where the kernel can say when to read
	large  bool   // the small one was too small for what arrived last
	octets []byte // in that buffer or the small one, to be taken
	err    error
}

// A notice is what the connection was told.
type notice struct {
	unready  atomic.Bool // until prepare has ended
	demanded bool        // a notice is due, or was given and nothing was taken since
	told     atomic.Bool // it was given
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

// newStreamOn makes a Socket of what was made of the connection below.
func newStreamOn(conn net.Conn, below *patientConn) *Stream {
	return &Stream{conn: conn, below: below, demands: make(chan struct{}, 1)}
}

// prepareBy has the goroutine do something first, on the first demand. When it has ended there is a
// notice, with nothing to take unless it failed.
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

// readSmall waits with a small buffer, as it cannot know when there is something. What fills it is likely to have
// more after it, and for that there is a large one, once: then the client may be silent again.
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

// smallSize has room for the head of most requests, in octets.
const smallSize = 512

func (s *Stream) Broken() bool {
	return s.told.Load() && len(s.octets) == 0 && s.err != nil && s.err != io.EOF
}

func (s *Stream) Ended() bool { return s.told.Load() && len(s.octets) == 0 && s.err == io.EOF }

// Watch has the goroutine read ahead. What it reads waits until it is demanded.
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
		return nil, nil // a notice that was given twice
	}
	s.demanded = false
	if octets := s.octets; len(octets) > 0 {
		s.octets = nil
		return octets, nil // an error comes again with the next read
	}
	return nil, s.err
}

func (s *Stream) Release() {
	if s.demanded {
		return // the buffer is the reader's, or holds what was not taken yet
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
		return os.ErrDeadlineExceeded // TLS has something to say already, and the client does not take it
	}
	s.below.timeout.Store(0) // TLS sets its own for its last words
	return closeWrite(s.conn)
}

func (s *Stream) Reset() {
	s.abrupt = true
	for conn := s.bottom(); ; {
		switch below := conn.(type) {
		case *net.TCPConn:
			below.SetLinger(0)
			return
		case interface{ NetConn() net.Conn }: // somebody else's
			conn = below.NetConn()
		default:
			return
		}
	}
}

// bottom is the connection below what this package has made of it, and below TLS.
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
		s.bottom().Close() // TLS would say that this is the end (RFC 8446 §6.1), or wait until it can
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
