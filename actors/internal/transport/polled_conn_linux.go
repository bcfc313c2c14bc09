package transport

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// A polledConn is the descriptor of a polledSocket as TLS and the PROXY protocol see it. While these are
// prepared, reading and writing wait, on the goroutine of the preparation. Afterwards the connection alone
// calls them: reading never waits, and writing only within a Write of the socket.
type polledConn struct {
	socket   *polledSocket
	local    net.Addr
	deadline time.Time // of the preparation; zero for none
	drained  bool      // there is nothing more to read, as far as is known
	waits    bool      // within a Write of the socket
	broken   error     // of a write: what follows would not be understood
	unsent   []byte    // what TLS wrote by itself and the client did not take yet
}

// nothingYet is the error of a read that would have to wait. TLS reads on after it, in the middle of a
// record or not, because it is temporary: see (*tls.Conn).readRecordOrCCS.
type nothingYet struct{}

func (nothingYet) Error() string   { return "nothing has arrived yet" }
func (nothingYet) Timeout() bool   { return true }
func (nothingYet) Temporary() bool { return true }

func (c *polledConn) Read(octets []byte) (int, error) {
	if c.drained {
		return 0, nothingYet{}
	}
	var n int
	var err error
	if p := c.socket.preparing.Load(); p != nil {
		n, err = p.use(c.deadline, func() (int, error) { return readNow(c.socket.fd, octets) })
	} else {
		n, err = readNow(c.socket.fd, octets)
		c.drained = n < len(octets)
	}
	switch {
	case err == syscall.EAGAIN:
		return 0, nothingYet{}
	case err != nil:
		return 0, syscallError("read", err)
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// syscallError names the call, if the kernel has made the error.
func syscallError(call string, err error) error {
	if _, kernel := err.(syscall.Errno); kernel {
		return os.NewSyscallError(call, err)
	}
	return err
}

func (c *polledConn) Write(octets []byte) (n int, err error) {
	if p := c.socket.preparing.Load(); p != nil {
		n, err = c.writeBy(p, octets)
	} else if c.waits {
		n, err = len(octets), c.socket.send(octets)
	} else {
		n, err = len(octets), c.say(octets)
	}
	if err != nil {
		c.broken = err
		return 0, err
	}
	return n, nil
}

// writeBy waits, on the goroutine of the preparation, for as long as that may.
func (c *polledConn) writeBy(p *preparation, octets []byte) (n int, err error) {
	for n < len(octets) {
		written, err := p.use(c.deadline, func() (int, error) { return writeNow(c.socket.fd, octets[n:]) })
		if err != nil {
			return n, syscallError("write", err)
		}
		n += written
		c.socket.sent += int64(written)
	}
	return n, nil
}

// mostUnsent is how many octets TLS may want to say at most to a client that takes nothing: some hundred
// answers to a request for new keys (RFC 8446 §4.6.3).
const mostUnsent = 4 << 10

// errSilenced is why a connection ends whose client makes TLS say more, and does not take it.
var errSilenced = errors.New("the client does not take what TLS has to say")

// say writes what TLS says by itself, as an answer or at the end. No actor waits for that: what the
// client does not take yet goes before the next Write, or as soon as it can.
func (c *polledConn) say(octets []byte) error {
	if len(c.unsent)+len(octets) > mostUnsent {
		return errSilenced
	}
	c.unsent = append(c.unsent, octets...)
	if err := c.settle(); err != nil || len(c.unsent) == 0 {
		return err
	}
	c.socket.owes.Store(true)
	return c.settle() // the edge may have come before the poller knew of it
}

// settle writes what is unsent, as far as the client takes it.
func (c *polledConn) settle() error {
	for len(c.unsent) > 0 {
		n, err := writeNow(c.socket.fd, c.unsent)
		c.unsent = c.unsent[n:]
		c.socket.sent += int64(n)
		switch {
		case err == syscall.EAGAIN:
			return nil
		case err != nil:
			return os.NewSyscallError("write", err)
		}
	}
	c.unsent = nil
	c.socket.owes.Store(false)
	return nil
}

// CloseWrite ends the sending side.
func (c *polledConn) CloseWrite() error {
	if p := c.socket.preparing.Load(); p != nil {
		_, err := p.useNow(func() (int, error) { return 0, c.socket.CloseWrite() })
		return err
	}
	return c.socket.CloseWrite()
}

// awaitEnd waits, in a preparation, until the client has ended its side, but not past the deadline.
func (c *polledConn) awaitEnd() {
	p := c.socket.preparing.Load()
	for p != nil && !c.socket.over.Load() && p.await(c.deadline) == nil {
	}
}

// Close does nothing: the descriptor is the socket's.
func (c *polledConn) Close() error { return nil }

func (c *polledConn) LocalAddr() net.Addr { return c.local }

func (c *polledConn) RemoteAddr() net.Addr {
	address, err := netip.ParseAddrPort(c.socket.address)
	if err != nil {
		return &net.UnixAddr{Net: "unix"}
	}
	return net.TCPAddrFromAddrPort(address)
}

// SetDeadline is for the preparation. Afterwards nothing waits but a Write, which has a timeout of its own.
func (c *polledConn) SetDeadline(t time.Time) error {
	c.deadline = t
	return nil
}

func (c *polledConn) SetReadDeadline(time.Time) error  { return nil }
func (c *polledConn) SetWriteDeadline(time.Time) error { return nil }
