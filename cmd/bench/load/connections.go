package load

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

// OctetEvery is how often a slow client sends an octet.
const OctetEvery = time.Second

// DialerFrom dials from that address, or from any if it is empty. All of 127.0.0.0/8 belongs to this machine.
func DialerFrom(address string) net.Dialer {
	if address == "" {
		return net.Dialer{}
	}
	return net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
}

// Reset closes a connection so that nothing of it stays in the kernel.
func Reset(conn net.Conn) {
	if c, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = c.SetLinger(0)
	}
	conn.Close()
}

// StillOpen checks that the server has closed none: memory must be measured of idle connections, not of closed ones.
func StillOpen(conns []net.Conn) error {
	octet := make([]byte, 1)
	for i, conn := range conns {
		if err := conn.SetDeadline(time.Time{}); err != nil { // the deadline of its exchange is over
			return err
		}
		raw, err := conn.(syscall.Conn).SyscallConn()
		if err != nil {
			return err
		}
		var peeked error
		err = raw.Read(func(fd uintptr) bool {
			_, _, peeked = syscall.Recvfrom(int(fd), octet, syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
			return true
		})
		if err != nil {
			return err
		}
		if !errors.Is(peeked, syscall.EAGAIN) {
			return fmt.Errorf("idle connection %d of %d did not stay open and silent", i+1, len(conns))
		}
	}
	return nil
}

// CloseAll closes connections to a server that is about to be stopped.
func CloseAll(conns []net.Conn) {
	for _, conn := range conns {
		_ = conn.Close() // an error loses nothing
	}
}
