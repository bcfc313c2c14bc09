// Package duplex makes connections in memory, for tests. Unlike net.Pipe, and like TCP, each direction ends on its
// own.
package duplex

import (
	"net"
	"sync/atomic"
	"time"
)

// A Conn is one end of a connection. It has no buffer: a write waits until it is read.
type Conn struct {
	net.Conn
	out net.Conn

	// Writes counts the calls of Write.
	Writes atomic.Int32
}

// New makes both ends of a connection.
func New() (client, server *Conn) {
	requests, taken := net.Pipe()
	answers, sent := net.Pipe()
	return &Conn{Conn: answers, out: requests}, &Conn{Conn: taken, out: sent}
}

// Write waits until the other end has read all octets.
func (c *Conn) Write(octets []byte) (int, error) { c.Writes.Add(1); return c.out.Write(octets) }

// CloseWrite ends the sending side: the other end reads io.EOF.
func (c *Conn) CloseWrite() error { return c.out.Close() }

// Close ends both sides.
func (c *Conn) Close() error { c.Conn.Close(); return c.out.Close() }

// SetWriteDeadline bounds the calls of Write.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.out.SetWriteDeadline(t) }
