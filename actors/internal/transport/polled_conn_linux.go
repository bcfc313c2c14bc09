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

// A polledConn is the descriptor of a polledSocket as TLS and the PROXY protocol see it. During the preparation,
// reads and writes wait, on the goroutine of the preparation. Afterwards only the connection calls them: reads never
// wait, and writes wait only within a Write of the socket.
type polledConn struct {
	socket   *polledSocket
	local    net.Addr
	deadline time.Time // of the preparation; zero for none
	drained  bool      // probably nothing more to read
	waits    bool      // true within a Write of the socket
	broken   error     // error of a write: the client could not understand what follows
	unsent   []byte    // what TLS wrote on its own and the client did not take yet
}

// nothingYet is the error of a read that would have to wait. TLS can read on after it, even in the middle of a
// record, because it is temporary: see (*tls.Conn).readRecordOrCCS.
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

// syscallError adds the name of the call to an error of the kernel.
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

// writeBy writes on the goroutine of the preparation, and waits up to its deadline.
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

// mostUnsent is how many octets TLS may hold back for a client that takes nothing: about a hundred answers to
// requests for new keys (RFC 8446 §4.6.3).
const mostUnsent = 4 << 10

// errSilenced is the error if a client makes TLS answer again and again, and does not take the answers.
var errSilenced = errors.New("the client does not take what TLS has to say")

// say writes what TLS sends on its own, as an answer or at the end. No actor waits for that: what the client does not
// take yet goes before the next Write, or as soon as it can.
func (c *polledConn) say(octets []byte) error {
	if len(c.unsent)+len(octets) > mostUnsent {
		return errSilenced
	}
	c.unsent = append(c.unsent, octets...)
	if err := c.settle(); err != nil || len(c.unsent) == 0 {
		return err
	}
	c.socket.owes.Store(true)
	return c.settle() // the edge may have come before owes was set
}

// settle writes unsent octets, as far as the client takes them.
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

// awaitEnd waits, within a preparation, until the client has ended its side or the deadline has passed.
func (c *polledConn) awaitEnd() {
	p := c.socket.preparing.Load()
	for p != nil && !c.socket.over.Load() && p.await(c.deadline) == nil {
	}
}

// Close does nothing: the descriptor belongs to the socket.
func (c *polledConn) Close() error { return nil }

func (c *polledConn) LocalAddr() net.Addr { return c.local }

func (c *polledConn) RemoteAddr() net.Addr {
	address, err := netip.ParseAddrPort(c.socket.address)
	if err != nil {
		return &net.UnixAddr{Net: "unix"}
	}
	return net.TCPAddrFromAddrPort(address)
}

// SetDeadline is for the preparation. Afterwards only a Write waits, which has its own timeout.
func (c *polledConn) SetDeadline(t time.Time) error {
	c.deadline = t
	return nil
}

func (c *polledConn) SetReadDeadline(time.Time) error  { return nil }
func (c *polledConn) SetWriteDeadline(time.Time) error { return nil }
