package actors

import "net"

// An acceptor waits for connections to a listener's address.
type acceptor interface {
	// accept waits for one connection. The error is net.ErrClosed after Close.
	accept() (socket, error)
	// waiting takes those that wait in the backlog, without waiting for more.
	waiting() []socket
	// Close ends the waiting; sockets that were accepted live on.
	Close() error
	Addr() net.Addr
}

// newStreamAcceptor accepts whatever the listener does, in whichever way it knows itself.
func newStreamAcceptor(on net.Listener) acceptor {
	if own, ok := on.(acceptor); ok {
		return own
	}
	return streamAcceptor{on}
}

// A streamAcceptor accepts from any net.Listener.
type streamAcceptor struct{ net.Listener }

func (a streamAcceptor) waiting() []socket { return nil } // nothing in package net can tell

func (a streamAcceptor) accept() (socket, error) {
	conn, err := a.Accept()
	if err != nil {
		return nil, err
	}
	return newStreamSocket(conn), nil
}
