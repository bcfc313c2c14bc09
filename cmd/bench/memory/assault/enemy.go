package assault

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/load"
)

const (
	// mostSent is how many octets an assault may send: enough to show, not enough to fill the machine.
	mostSent = 2 << 30

	// opening is how many connections an enemy opens at the same time.
	opening = 64

	dialTime = 5 * time.Second
)

// An Enemy is all clients of one assault.
type Enemy struct {
	means

	ctx    context.Context // ends when it must stop
	stop   context.CancelFunc
	gate   chan struct{}
	opened atomic.Int64
	sent   atomic.Int64

	mu      sync.Mutex
	silent  []net.Conn // open and quiet
	uploads load.Tally // by other clients meanwhile
}

// means are what an enemy has.
type means struct {
	addr, from  string
	connections int // at the same time
	lasting     time.Duration
	narrow      bool
}

// Stop ends the assault.
func (e *Enemy) Stop() { e.stop() }

// Counts returns how many connections it has opened and how many octets it has sent.
func (e *Enemy) Counts() (connections, octets int) { return int(e.opened.Load()), int(e.sent.Load()) }

// Others returns the tally of others that uploaded meanwhile.
func (e *Enemy) Others() load.Tally { return e.uploads }

// each uses all permitted connections, again and again until the time is up. A connection that is done is reset.
func (e *Enemy) each(do func(conn net.Conn)) {
	var clients sync.WaitGroup
	for range e.connections {
		clients.Go(func() {
			for e.ctx.Err() == nil {
				conn := e.dial()
				if conn == nil {
					machine.Rest(e.ctx, 10*time.Millisecond)
					continue
				}
				over := context.AfterFunc(e.ctx, func() { _ = conn.SetDeadline(time.Now()) })
				do(conn)
				over()
				load.Reset(conn)
			}
		})
	}
	clients.Wait()
}

// dial returns nil if nobody answers.
func (e *Enemy) dial() *counted {
	select {
	case e.gate <- struct{}{}:
	case <-e.ctx.Done():
		return nil
	}
	defer func() { <-e.gate }()
	dialer := load.DialerFrom(e.from)
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

// narrow makes the kernel accept little at a time, so that the server can send only as slowly as the client reads.
func narrow(_, _ string, raw syscall.RawConn) error {
	var failed error
	err := raw.Control(func(fd uintptr) {
		failed = errors.Join(syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4<<10),
			syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 88))
	})
	return errors.Join(err, failed)
}

// A counted connection counts the octets sent on it, and ends with the assault.
type counted struct {
	*net.TCPConn
	enemy *Enemy
}

// Write sends, counts, and stops an enemy that has sent too much.
func (c *counted) Write(p []byte) (n int, err error) {
	n, err = c.TCPConn.Write(p)
	if c.enemy.sent.Add(int64(n)) > mostSent {
		c.enemy.stop()
	}
	return n, err
}
