package main

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

// octetEvery is how often a slow client sends an octet.
const octetEvery = time.Second

// dialerFrom dials from that address, or from any if it is empty. All of 127.0.0.0/8 is this machine.
func dialerFrom(address string) net.Dialer {
	if address == "" {
		return net.Dialer{}
	}
	return net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
}

// reset leaves nothing of a connection, in the kernel either.
func reset(conn net.Conn) {
	if c, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = c.SetLinger(0)
	}
	conn.Close()
}

// stillOpen makes sure that the server has closed none: memory is measured of connections that
// are idle, not of those that are gone.
func stillOpen(conns []net.Conn) error {
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

func closeAll(conns []net.Conn) {
	for _, conn := range conns {
		_ = conn.Close() // the server is about to be stopped
	}
}
