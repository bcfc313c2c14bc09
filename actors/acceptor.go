package actors

import (
	"errors"
	"net"

	"github.com/asynkron/protoactor-go/actor"
)

// An acceptor waits for connections to a listener's address.
type acceptor interface {
	// accept waits for one connection. The error is net.ErrClosed after Close.
	accept() (socket, error)
	// Close ends the waiting; sockets that were accepted live on.
	Close() error
	Addr() net.Addr
}

// acceptOnDemand waits for the kernel once for each demand, and knows nothing else.
func acceptOnDemand(from acceptor, demands <-chan struct{}, root *actor.RootContext, listener *actor.PID) {
	for range demands {
		socket, err := from.accept()
		root.Send(listener, &Accepted{socket, err})
		if errors.Is(err, net.ErrClosed) {
			return
		}
	}
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

func (a streamAcceptor) accept() (socket, error) {
	conn, err := a.Accept()
	if err != nil {
		return nil, err
	}
	return newStreamSocket(conn), nil
}
