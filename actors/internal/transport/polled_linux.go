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

// A polledSocket is a socket of the kernel that a poller watches. Reads and writes never wait in the kernel. Only a
// write whose client does not take it waits, for the poller.
type polledSocket struct {
	fd      int
	serial  int32
	poller  *Poller
	address string
	arrived func()
	waits   func()
	buffer  *[readSize]byte
	watched
	blocking
	sending

	preparing atomic.Pointer[preparation] // the preparation before the first octets; nil after it
}

// watched is the state of both sides of the socket.
type watched struct {
	state  atomic.Uint32 // a readState
	opened atomic.Bool   // arrived is set
	lost   atomic.Bool   // both sides have ended: the client is gone
	over   atomic.Bool   // the client has ended its side, or the connection broke: a read tells which
	closed atomic.Bool
}

// blocking is for writes that wait for the client.
type blocking struct {
	blocked  atomic.Bool // a write waits
	writable chan struct{}
	owes     atomic.Bool // something must be written as soon as the client takes it
}

// sending is the state of a socket's writes.
type sending struct {
	timeout time.Duration
	rate    int
	pace    pace
	sent    int64 // octets that the kernel got
	taken   int64 // octets of sent that the client had taken at the last look
}

// A readState is what the connection and the poller tell each other.
type readState = uint32

const (
	quiet    readState = iota
	ready              // something arrived, nobody asked
	demanded           // nothing arrived, the connection asked
	told               // something arrived, and the connection was told
)

func (s *polledSocket) Open(arrived, waits func()) {
	s.arrived, s.waits = arrived, waits
	s.opened.Store(true)
}

func (s *polledSocket) Broken() bool { return s.lost.Load() }
func (s *polledSocket) Ended() bool  { return s.over.Load() }

// Watch does nothing: the poller tells anyway.
func (s *polledSocket) Watch() {}

// happened handles events of the poller.
func (s *polledSocket) happened(events uint32) {
	const over = syscall.EPOLLRDHUP | syscall.EPOLLHUP | syscall.EPOLLERR
	if events&over != 0 {
		s.over.Store(true)
	}
	if p := s.preparing.Load(); p != nil {
		p.happened()
	}
	if events&(syscall.EPOLLHUP|syscall.EPOLLERR) != 0 && s.opened.Load() {
		s.lost.Store(true)
		s.state.Store(told) // even if nobody asked: the client is gone
		s.tell()
	} else if events&(syscall.EPOLLIN|over) != 0 || events&syscall.EPOLLOUT != 0 && s.owes.Load() {
		told := !s.state.CompareAndSwap(quiet, ready) && s.state.CompareAndSwap(demanded, told)
		if told || events&over != 0 && s.opened.Load() {
			s.tell()
		}
	}
	if events&(syscall.EPOLLOUT|over) != 0 && s.blocked.Load() {
		select {
		case s.writable <- struct{}{}:
		default:
		}
	}
}

// tell tells the connection, or begins the preparation, because something has arrived.
func (s *polledSocket) tell() {
	if p := s.preparing.Load(); p != nil {
		p.begin()
		return
	}
	s.arrived()
}

func (s *polledSocket) Demand() {
	if s.closed.Load() {
		return
	}
	if s.state.CompareAndSwap(quiet, demanded) {
		return
	}
	if s.state.CompareAndSwap(ready, told) || s.state.Load() == told {
		s.tell()
	}
}

func (s *polledSocket) Take() ([]byte, error) {
	if s.closed.Load() {
		return nil, net.ErrClosed
	}
	// Quiet before the read: octets that arrive after it cause another notice.
	if !s.state.CompareAndSwap(told, quiet) {
		return nil, nil // a repeated notice
	}
	if s.buffer == nil {
		s.buffer = readBuffers.Get().(*[readSize]byte)
	}
	n, err := readNow(s.fd, s.buffer[:])
	if err == syscall.EAGAIN {
		return nil, nil
	}
	if n == readSize || err != nil || s.over.Load() {
		s.state.CompareAndSwap(quiet, ready) // there is more, perhaps only the end, without another edge
	}
	switch {
	case err != nil:
		return nil, os.NewSyscallError("read", err)
	case n == 0:
		return nil, io.EOF
	}
	return s.buffer[:n], nil
}

func (s *polledSocket) Release() {
	if s.buffer != nil {
		readBuffers.Put(s.buffer)
		s.buffer = nil
	}
}

func (s *polledSocket) Write(octets []byte, timeout time.Duration, rate int) error {
	if s.closed.Load() {
		return net.ErrClosed
	}
	s.timeout, s.rate = timeout, rate
	return s.send(octets)
}

// send sends all octets, with the timeout and rate of the last Write.
func (s *polledSocket) send(octets []byte) error {
	for len(octets) > 0 {
		n, err := writeNow(s.fd, octets)
		switch {
		case n > 0:
			octets = octets[n:]
			s.sent += int64(n)
		case err == syscall.EAGAIN:
			if err := s.awaitWritable(); err != nil {
				return err
			}
		case err == nil:
			return io.ErrShortWrite
		default:
			return os.NewSyscallError("write", err)
		}
	}
	return nil
}

// awaitWritable waits until the client has taken something, unless it is too slow.
func (s *polledSocket) awaitWritable() error {
	if !s.blocked.Load() {
		if s.writable == nil {
			s.writable = make(chan struct{}, 1)
		}
		s.blocked.Store(true)
		return nil // try again: the edge may have come before blocked was set
	}
	defer s.blocked.Store(false)
	if s.waits != nil {
		s.waits()
	}
	if s.timeout <= 0 {
		<-s.writable
		return nil
	}
	begun := time.Now()
	s.pace.resume(begun, s.took())
	timer := time.NewTimer(s.pace.left(s.timeout))
	defer timer.Stop()
	for {
		free := false
		select {
		case <-s.writable:
			free = true
		case <-timer.C: // the kernel reports writable only when much of the buffer is free
		}
		now := time.Now()
		if !s.pace.wait(now, now.Sub(begun), s.took(), s.timeout, s.rate) {
			return os.ErrDeadlineExceeded
		}
		if free {
			return nil
		}
		begun = now
		timer.Reset(s.pace.left(s.timeout))
	}
}

// took is how many octets the client took since the last call.
func (s *polledSocket) took() int64 {
	before := s.taken
	s.taken = s.sent - int64(unacknowledged(s.fd))
	return s.taken - before
}

func (s *polledSocket) CloseWrite() error {
	if s.closed.Load() {
		return net.ErrClosed
	}
	return syscall.Shutdown(s.fd, syscall.SHUT_WR)
}

func (s *polledSocket) Reset() {
	if s.closed.Load() {
		return
	}
	syscall.SetsockoptLinger(s.fd, syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1})
}

func (s *polledSocket) Close() {
	if s.closed.Swap(true) {
		return
	}
	s.poller.remove(s)
	syscall.Close(s.fd)
}

func (s *polledSocket) Encrypted() bool { return false }

func (s *polledSocket) TLS() *tls.ConnectionState { return nil }

func (s *polledSocket) Peer() string { return s.address }

func (s *polledSocket) Preparing() bool { return s.preparing.Load() != nil }
