package actors

import (
	"net"
	"time"
)

// An acceptor waits for connections to a listener's address.
type acceptor interface {
	// accept waits for one connection. The error is net.ErrClosed after Close.
	accept() (socket, error)
	// more takes up to so many that are in the backlog already, where it costs nothing to know.
	more(most int) []socket
	// waiting takes all that are in the backlog, before it is closed.
	waiting() []socket
	// Close ends the waiting; sockets that were accepted live on.
	Close() error
	Addr() net.Addr
}

// longestBacklog is more than a backlog holds, unless it grows as fast as it is taken.
const longestBacklog = 1 << 16

// newStreamAcceptor accepts whatever the listener does, in whichever way it knows itself.
func newStreamAcceptor(on net.Listener) acceptor {
	if own, ok := on.(acceptor); ok {
		return own
	}
	return streamAcceptor{on}
}

// A streamAcceptor accepts from any net.Listener.
type streamAcceptor struct{ net.Listener }

func (a streamAcceptor) more(int) []socket { return nil }

func (a streamAcceptor) waiting() []socket { return acceptWaiting(a.Listener, a.accept) }

// acceptWaiting accepts what is in the backlog of a listener of package net, which can tell only by the
// time that it takes.
func acceptWaiting(on net.Listener, accept func() (socket, error)) (sockets []socket) {
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

func (a streamAcceptor) accept() (socket, error) {
	conn, err := a.Accept()
	if err != nil {
		return nil, err
	}
	return newStreamSocket(conn), nil
}
