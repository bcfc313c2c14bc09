package actors

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// A listening is a socket that listens. It outlives the crash of its listener, and its stop.
type listening struct {
	transport.Acceptor
	name    string // of the listener
	demands chan struct{}
	ended   chan struct{} // closed when nobody listens any more
	err     error         // why it ended by itself; to be read after ended
	closed  atomic.Bool
	ending  sync.Once

	// These belong to the listener.
	accepts   *actor.PID  // for whom a goroutine waits for demands
	accepting atomic.Bool // an Accepted is due
}

func newListening(on net.Listener, poller func() (*transport.Poller, error)) *listening {
	return &listening{Acceptor: transport.NewAcceptor(on, poller), demands: make(chan struct{}, 1), ended: make(chan struct{})}
}

// finish closes the socket, and ends the call of Serve with the error, which is nil if it was told to. Only
// the first call counts.
func (l *listening) finish(err error) {
	l.ending.Do(func() {
		defer close(l.ended)
		l.err = err
		l.close()
	})
}

// close closes the socket, once: whose it is may not like more.
func (l *listening) close() {
	if !l.closed.Swap(true) {
		l.Close()
	}
}

// over reports whether the socket is closed.
func (l *listening) over() bool { return l.closed.Load() }

// acceptOnDemand waits for the kernel once for each demand, and knows nothing else.
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

// poller is the one that the workers of the dispatcher wait for, made on first use. The lock of the server guards it.
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
