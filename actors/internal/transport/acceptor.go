package transport

import (
	"net"
	"time"
)

// An Acceptor waits for connections to a listener's address.
type Acceptor interface {
	// AcceptSocket waits for one connection. The error is net.ErrClosed after Close.
	AcceptSocket() (Socket, error)
	// More takes up to most connections that are already in the backlog, if it can tell without waiting.
	More(most int) []Socket
	// Waiting takes all connections in the backlog, and makes AcceptSocket stop waiting: Close must follow at once.
	Waiting() []Socket
	// Refuse keeps newcomers from connecting, if this resets no client that has begun. It reports whether some may
	// have begun and cannot be accepted yet: Settle waits for those.
	Refuse() (some bool)
	// Settle waits, after Refuse, until all clients that had begun to connect can be accepted, but not longer than
	// grace.
	Settle(grace time.Duration)
	// Close ends the waiting; accepted sockets live on.
	Close() error
	Addr() net.Addr
}

// LongestBacklog is more than a backlog holds, unless it grows while it is taken.
const LongestBacklog = 1 << 16

// newStreamAcceptor accepts through the Accept of the listener.
func newStreamAcceptor(on net.Listener) Acceptor {
	if own, ok := on.(Acceptor); ok {
		return own
	}
	return streamAcceptor{on}
}

// A streamAcceptor accepts from any net.Listener.
type streamAcceptor struct{ net.Listener }

func (a streamAcceptor) More(int) []Socket { return nil }

func (a streamAcceptor) Refuse() bool { return refuse(a.Listener) }

func (a streamAcceptor) Settle(grace time.Duration) { settle(a.Listener, grace) }

func (a streamAcceptor) Waiting() []Socket { return acceptWaiting(a.Listener, a.AcceptSocket) }

// acceptWaiting accepts the backlog of a listener of package net. It knows that the backlog is empty only when
// accepting takes too long.
func acceptWaiting(on net.Listener, accept func() (Socket, error)) (sockets []Socket) {
	patient, ok := on.(interface{ SetDeadline(time.Time) error })
	for ok && patient.SetDeadline(time.Now().Add(backlogPatience)) == nil {
		s, err := accept()
		if err != nil {
			break
		}
		sockets = append(sockets, s)
	}
	return sockets
}

// refuse is Refuse for a listener of ours that can; it does nothing for others.
func refuse(on net.Listener) bool {
	own, ok := on.(interface{ refuse() bool })
	return ok && own.refuse()
}

// settle is Settle for a listener of ours that can; it does nothing for others.
func settle(on net.Listener, grace time.Duration) {
	if own, ok := on.(interface{ settle(time.Duration) }); ok {
		own.settle(grace)
	}
}

// backlogPatience is how long to wait for a backlog that seems empty.
const backlogPatience = 2 * time.Millisecond

func (a streamAcceptor) AcceptSocket() (Socket, error) {
	conn, err := a.Accept()
	if err != nil {
		return nil, err
	}
	return NewStream(conn), nil
}
