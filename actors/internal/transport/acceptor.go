package transport

import (
	"net"
	"time"
)

// An Acceptor waits for connections to a listener's address.
type Acceptor interface {
	// AcceptSocket waits for one connection. The error is net.ErrClosed after Close.
	AcceptSocket() (Socket, error)
	// More takes up to so many that are in the backlog already, where it costs nothing to know.
	More(most int) []Socket
	// Waiting takes all that are in the backlog, and AcceptSocket waits no more: Close has to follow at once.
	Waiting() []Socket
	// Refuse lets no newcomer begin to connect, where that can be done without a reset for those that have. It
	// reports whether some may have begun and cannot be accepted yet: Settle waits for those.
	Refuse() (some bool)
	// Settle waits, after Refuse, until all that had begun to connect can be accepted, but no longer than grace.
	Settle(grace time.Duration)
	// Close ends the waiting; sockets that were accepted live on.
	Close() error
	Addr() net.Addr
}

// LongestBacklog is more than a backlog holds, unless it grows as fast as it is taken.
const LongestBacklog = 1 << 16

// newStreamAcceptor accepts by the Accept of the listener.
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

// acceptWaiting accepts what is in the backlog of a listener of package net, which can tell only by the
// time that it takes.
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

// refuse does what Refuse says, if the listener is one of ours and can.
func refuse(on net.Listener) bool {
	own, ok := on.(interface{ refuse() bool })
	return ok && own.refuse()
}

// settle does what Settle says, if the listener is one of ours and can.
func settle(on net.Listener, grace time.Duration) {
	if own, ok := on.(interface{ settle(time.Duration) }); ok {
		own.settle(grace)
	}
}

// backlogPatience is how long a backlog that seems empty is waited for, at the end.
const backlogPatience = 2 * time.Millisecond

func (a streamAcceptor) AcceptSocket() (Socket, error) {
	conn, err := a.Accept()
	if err != nil {
		return nil, err
	}
	return NewStream(conn), nil
}
