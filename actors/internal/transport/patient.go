package transport

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// A patientConn is a connection of package net whose writes fail if the client takes too little, however long a whole
// write takes. It lies below TLS, which cannot go on after a failed write, and which writes on its own when the
// client asks for new keys (RFC 8446 §4.6.3).
type patientConn struct {
	net.Conn
	timeout atomic.Int64    // of a write, in nanoseconds; 0 or below for none
	rate    atomic.Int64    // octets per second, see pace
	writeBy atomic.Int64    // the write deadline, in nanoseconds since began; 0 for none
	writing atomic.Int32    // running calls of Write
	raw     syscall.RawConn // nil unless the kernel can tell what is not taken yet
	ask     func(fd uintptr)
	queued  int32 // octets, as ask found them

	// These belong to Write; TLS makes one call at a time.
	pace  pace
	sent  int64 // octets that the kernel accepted
	taken int64 // octets of sent that the client had taken at the last look
}

// began is the time from which deadlines of patientConns count.
var began = time.Now()

func newPatientConn(conn net.Conn) *patientConn {
	c := &patientConn{Conn: conn}
	if kernel, ok := conn.(syscall.Conn); ok {
		c.raw, _ = kernel.SyscallConn()
		c.ask = func(fd uintptr) { c.queued = unacknowledged(int(fd)) }
	}
	if _, tcp := conn.(*net.TCPConn); tcp && c.raw != nil {
		c.raw.Control(func(fd uintptr) { limitUnsent(int(fd)) })
	}
	return c
}

// begin sets the timeout and the rate of writes, also of one that waits already.
func (c *patientConn) begin(timeout time.Duration, rate int) error {
	c.timeout.Store(int64(timeout))
	c.rate.Store(int64(rate))
	if timeout <= 0 {
		return nil
	}
	return c.renew(timeout)
}

// Write goes on while the client takes enough.
func (c *patientConn) Write(octets []byte) (n int, err error) {
	c.writing.Add(1)
	defer c.writing.Add(-1)
	begun := time.Now()
	for c.pace.resume(begun, c.took()); ; begun = time.Now() {
		written, err := c.Conn.Write(octets[n:])
		n += written
		c.sent += int64(written)
		timeout := time.Duration(c.timeout.Load())
		if timeout <= 0 || err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		now := time.Now()
		if now.Sub(begun) < quickly {
			return n, err // an error here comes from an earlier write; TLS repeats it
		}
		if !c.pace.wait(now, now.Sub(begun), c.took(), timeout, int(c.rate.Load())) {
			return n, os.ErrDeadlineExceeded
		}
		if err == nil {
			return n, nil
		}
		c.writeBy.Store(0)
		if err := c.renew(max(c.pace.left(timeout), 2*quickly)); err != nil {
			return n, err
		}
	}
}

// quickly is the longest time of a write that did not wait for the client.
const quickly = 5 * time.Millisecond

// took is how many octets the client took since the last call: as the kernel knows, or else the accepted ones.
func (c *patientConn) took() int64 {
	before := c.taken
	c.taken = c.sent - int64(c.unacknowledged())
	return c.taken - before
}

// renew renews the deadline only if a quarter of it is over, or it is too far away: setting one costs more than
// copying a small response. A client has at least three quarters of the timeout.
func (c *patientConn) renew(timeout time.Duration) error {
	now := time.Since(began)
	if left := time.Duration(c.writeBy.Load()) - now; left >= timeout-timeout/4 && left <= timeout {
		return nil
	}
	c.writeBy.Store(int64(now + timeout))
	return c.Conn.SetWriteDeadline(time.Now().Add(timeout))
}

// lastWords is how long TLS may take to send its closing alert, because an actor waits for that.
const lastWords = time.Second

// SetWriteDeadline is called by TLS before its closing alert.
func (c *patientConn) SetWriteDeadline(t time.Time) error {
	if soon := time.Now().Add(lastWords); t.After(soon) {
		t = soon
	}
	return c.Conn.SetWriteDeadline(t)
}

// unacknowledged is how many octets in the kernel the client has not taken yet; 0 if unknown.
func (c *patientConn) unacknowledged() int32 {
	if c.raw == nil {
		return 0
	}
	c.raw.Control(c.ask)
	return c.queued
}

// CloseWrite ends the sending side.
func (c *patientConn) CloseWrite() error { return closeWrite(c.Conn) }
