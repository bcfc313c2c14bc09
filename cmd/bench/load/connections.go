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

// DialerFrom dials from that address, or from any if it is empty. All of 127.0.0.0/8 is this machine.
func DialerFrom(address string) net.Dialer {
	if address == "" {
		return net.Dialer{}
	}
	return net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
}

// Reset leaves nothing of a connection, in the kernel either.
func Reset(conn net.Conn) {
	if c, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = c.SetLinger(0)
	}
	conn.Close()
}

// StillOpen makes sure that the server has closed none: memory is measured of connections that
// are idle, not of those that are gone.
func StillOpen(conns []net.Conn) error {
	octet := make([]byte, 1)
	for i, conn := range conns {
		if err := conn.SetDeadline(time.Time{}); err != nil { // that of its exchange is over
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
		_ = conn.Close() // nothing is lost with it
	}
}
