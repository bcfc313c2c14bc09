package transport

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// A patientConn is a connection of package net whose writes fail when the client has taken nothing for the
// timeout, however long they take as a whole. It lies below TLS, which cannot go on behind a write that
// failed.
type patientConn struct {
	net.Conn
	timeout atomic.Int64    // of a write, in nanoseconds; not above 0 for none
	writeBy time.Time       // the deadline that is set
	raw     syscall.RawConn // nil unless the kernel can say what is not taken yet
	ask     func(fd uintptr)
	queued  int32 // octets, as ask found them
}

func newPatientConn(conn net.Conn) *patientConn {
	c := &patientConn{Conn: conn}
	if kernel, ok := conn.(syscall.Conn); ok {
		c.raw, _ = kernel.SyscallConn()
		c.ask = func(fd uintptr) { c.queued = unacknowledged(int(fd)) }
	}
	return c
}

// Write writes on as long as the client takes something.
func (c *patientConn) Write(octets []byte) (n int, err error) {
	timeout := time.Duration(c.timeout.Load())
	if timeout <= 0 {
		return c.Conn.Write(octets)
	}
	for queued := c.unacknowledged(); ; {
		if err := c.renew(timeout); err != nil {
			return n, err
		}
		written, err := c.Conn.Write(octets[n:])
		n += written
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		now := c.unacknowledged()
		if written == 0 && now >= queued {
			return n, err
		}
		queued, c.writeBy = now, time.Time{}
	}
}

// renew renews the deadline only when a quarter of it is over, or it is too far away: setting one costs
// more than copying a small response. A client has at least three quarters of the timeout.
func (c *patientConn) renew(timeout time.Duration) error {
	now := time.Now()
	if left := c.writeBy.Sub(now); left >= timeout-timeout/4 && left <= timeout {
		return nil
	}
	c.writeBy = now.Add(timeout)
	return c.Conn.SetWriteDeadline(c.writeBy)
}

// unacknowledged is how many octets the kernel holds that the client has not taken yet, if it can say so.
func (c *patientConn) unacknowledged() int32 {
	if c.raw == nil {
		return 0
	}
	c.raw.Control(c.ask)
	return c.queued
}

// CloseWrite ends the sending side.
func (c *patientConn) CloseWrite() error { return closeWrite(c.Conn) }

// NetConn is the connection below.
func (c *patientConn) NetConn() net.Conn { return c.Conn }
