package actors

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// A listening is a listening socket. It outlives a crash and the stop of its listener actor.
type listening struct {
	transport.Acceptor
	name    string // of the listener
	demands chan struct{}
	ended   chan struct{} // closed when nobody listens
	err     error         // why it ended by itself; read it after ended
	closed  atomic.Bool
	ending  sync.Once

	// These belong to the listener.
	accepts   *actor.PID  // gets what the accepting goroutine accepts; nil without such a goroutine
	accepting atomic.Bool // an accepted message is due
}

func newListening(on net.Listener, poller func() (*transport.Poller, error)) *listening {
	return &listening{Acceptor: transport.NewAcceptor(on, poller), demands: make(chan struct{}, 1), ended: make(chan struct{})}
}

// finish closes the socket, and makes Serve return the error: nil if it was told to end. Only the first call counts.
func (l *listening) finish(err error) {
	l.ending.Do(func() {
		defer close(l.ended)
		l.err = err
		l.close()
	})
}

// close closes the listener once; a second Close may be an error for its owner.
func (l *listening) close() {
	if !l.closed.Swap(true) {
		l.Close()
	}
}

// over reports whether the socket is closed.
func (l *listening) over() bool { return l.closed.Load() }

// acceptOnDemand accepts one connection per demand, and knows nothing else.
func (l *listening) acceptOnDemand(root *actor.RootContext) {
	for {
		select {
		case <-l.demands:
		case <-l.ended:
			return
		}
		socket, err := l.AcceptSocket()
		root.Send(l.accepts, &accepted{l, socket, err})
		if errors.Is(err, net.ErrClosed) {
			return
		}
	}
}

// poller returns the poller that the workers of the dispatcher wait for, made on first use. The lock of the server
// guards it.
func (env *env) poller() (*transport.Poller, error) {
	if env.sockets == nil {
		made, err := transport.NewPoller()
		if err != nil {
			return nil, err
		}
		env.sockets = made
		env.dispatcher.Await(made)
	}
	return env.sockets, nil
}
