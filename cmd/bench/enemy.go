package main

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// mostSent is how many octets an assault may send: enough to be seen, and not to fill the machine.
	mostSent = 2 << 30

	// opening is how many connections an enemy opens at the same time.
	opening = 64

	dialTime = 5 * time.Second
)

// An enemy is all clients of one assault.
type enemy struct {
	addr, from  string
	connections int // that it may have at once
	lasting     time.Duration
	narrow      bool

	ctx    context.Context // until it has to stop
	stop   context.CancelFunc
	gate   chan struct{}
	opened atomic.Int64
	sent   atomic.Int64

	mu      sync.Mutex
	silent  []net.Conn // those that are open and quiet
	uploads tally      // of others meanwhile
}

func newEnemy(ctx context.Context, addr string, a assault, lasting time.Duration) *enemy {
	e := &enemy{addr: addr, from: a.from, connections: a.connections, lasting: lasting, narrow: a.narrow,
		gate: make(chan struct{}, opening)}
	e.ctx, e.stop = context.WithTimeout(ctx, lasting)
	if a.quiet { // it is over when it was looked at
		e.stop()
		e.ctx, e.stop = context.WithCancel(ctx)
	}
	return e
}

// counts returns how many connections it has opened, and how many octets it has sent.
func (e *enemy) counts() (connections, octets int) { return int(e.opened.Load()), int(e.sent.Load()) }

// others returns what others saw whom it let upload meanwhile.
func (e *enemy) others() tally { return e.uploads }

// each has as many connections as it may at it, again and again until the time is up. One that has
// done its worst is reset.
func (e *enemy) each(do func(conn net.Conn)) {
	var clients sync.WaitGroup
	for range e.connections {
		clients.Go(func() {
			for e.ctx.Err() == nil {
				conn := e.dial()
				if conn == nil {
					rest(e.ctx, 10*time.Millisecond)
					continue
				}
				over := context.AfterFunc(e.ctx, func() { _ = conn.SetDeadline(time.Now()) })
				do(conn)
				over()
				reset(conn)
			}
		})
	}
	clients.Wait()
}

// dial is nil where nobody answers.
func (e *enemy) dial() *counted {
	select {
	case e.gate <- struct{}{}:
	case <-e.ctx.Done():
		return nil
	}
	defer func() { <-e.gate }()
	dialer := dialerFrom(e.from)
	dialer.Timeout = dialTime
	if e.narrow {
		dialer.Control = narrow
	}
	conn, err := dialer.DialContext(e.ctx, "tcp", e.addr)
	if err != nil {
		return nil
	}
	e.opened.Add(1)
	return &counted{conn.(*net.TCPConn), e}
}

// narrow has the kernel take little at a time, so that what is read slowly is sent slowly.
func narrow(_, _ string, raw syscall.RawConn) error {
	var failed error
	err := raw.Control(func(fd uintptr) {
		failed = errors.Join(syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4<<10),
			syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 88))
	})
	return errors.Join(err, failed)
}

// A counted connection counts what is sent on it. Nothing on it outlasts the assault.
type counted struct {
	*net.TCPConn
	enemy *enemy
}

func (c *counted) Write(p []byte) (n int, err error) {
	n, err = c.TCPConn.Write(p)
	if c.enemy.sent.Add(int64(n)) > mostSent {
		c.enemy.stop()
	}
	return n, err
}
