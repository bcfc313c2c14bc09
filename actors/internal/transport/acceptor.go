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
	// Waiting takes all that are in the backlog, before it is closed.
	Waiting() []Socket
	// Close ends the waiting; sockets that were accepted live on.
	Close() error
	Addr() net.Addr
}

// longestBacklog is more than a backlog holds, unless it grows as fast as it is taken.
const longestBacklog = 1 << 16

// newStreamAcceptor accepts whatever the listener does, in whichever way it knows itself.
func newStreamAcceptor(on net.Listener) Acceptor {
	if own, ok := on.(Acceptor); ok {
		return own
	}
	return streamAcceptor{on}
}

// A streamAcceptor accepts from any net.Listener.
type streamAcceptor struct{ net.Listener }

func (a streamAcceptor) More(int) []Socket { return nil }

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

// backlogPatience is how long a backlog that seems empty is waited for, at the end.
const backlogPatience = 2 * time.Millisecond

func (a streamAcceptor) AcceptSocket() (Socket, error) {
	conn, err := a.Accept()
	if err != nil {
		return nil, err
	}
	return NewStream(conn), nil
}
