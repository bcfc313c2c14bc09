package actors

import (
	"errors"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// listener accepts connections, up to a limit, and spawns an actor for each (RFC 9112 §9).
// Parent: server. Children: connections.
// Sends: Drain. Understands: Accepted, AcceptDue, Drain.
// Crash: resumed, so that the connections live on.
type listener struct {
	env      *environment
	router   *actor.PID
	on       *listening
	strategy *strategy

	connections int
	spawned     uint64
	accepting   bool          // an Accepted is due
	pause       time.Duration // before the next demand, after a failure
	draining    bool
}

// A listening is the listener's socket, which outlives a crash, and why it ended.
type listening struct {
	acceptor
	demands chan struct{}
	ended   chan struct{} // closed when the listener has stopped
	err     error         // why it stopped by itself; to be read after ended
}

func newListening(on net.Listener, dispatcher *Dispatcher) *listening {
	return &listening{acceptor: newAcceptor(on, dispatcher), demands: make(chan struct{}, 1), ended: make(chan struct{})}
}

func newListenerProps(env *environment, router *actor.PID, on *listening) *actor.Props {
	strategy := env.restartingConnections()
	return env.props(func() actor.Actor { return &listener{env: env, router: router, on: on, strategy: strategy} }, strategy)
}

func (l *listener) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *Accepted:
		l.accepting = false
		l.accepted(ctx, message)
	case *actor.Terminated:
		l.connections--
		l.strategy.forget(message.Who)
		l.next(ctx)
	case *AcceptDue:
		l.demand()
	case *actor.Started:
		l.env.log.info(ctx.Self(), "listening", slog.String("address", l.on.Addr().String()))
		go acceptOnDemand(l.on, l.on.demands, l.env.system.Root, ctx.Self())
		l.demand()
	case *Drain:
		l.drain(ctx)
	case *actor.Stopping:
		l.env.guard(ctx.Self(), message, l.stopAccepting)
	case *actor.Stopped:
		close(l.on.demands)
		close(l.on.ended)
	}
}

// stopAccepting closes the socket that listens, once: whose it is may not like more.
func (l *listener) stopAccepting() {
	if !l.draining {
		l.draining = true
		l.on.Close()
	}
}

// demand asks the acceptor for one more connection, if there is room: over the limit, newcomers wait
// in the kernel's backlog.
func (l *listener) demand() {
	if l.accepting || l.draining || l.connections >= l.env.config.MaxConnections {
		return
	}
	l.accepting = true
	l.on.demands <- struct{}{}
}

func (l *listener) accepted(ctx actor.Context, message *Accepted) {
	switch {
	case l.draining && message.err == nil:
		message.socket.close()
	case message.err == nil:
		l.pause = 0
		defer l.demand() // whatever becomes of this one
		l.spawn(ctx, message.socket)
	case l.draining:
	case errors.Is(message.err, net.ErrClosed):
		l.on.err = message.err
		ctx.Stop(ctx.Self())
	default:
		l.acceptLater(ctx, message.err)
	}
}

const (
	firstAcceptPause   = 5 * time.Millisecond
	longestAcceptPause = time.Second
)

// acceptLater waits after a failure, such as too few file descriptors, which may well pass. It is
// logged once, until a connection was accepted again.
func (l *listener) acceptLater(ctx actor.Context, err error) {
	if l.pause == 0 {
		l.env.log.warn(ctx.Self(), "cannot accept, trying again", slog.String("error", err.Error()))
	}
	l.pause = min(max(2*l.pause, firstAcceptPause), longestAcceptPause)
	self, root := ctx.Self(), l.env.system.Root
	time.AfterFunc(l.pause, func() { root.Send(self, acceptDue) })
}

func (l *listener) spawn(ctx actor.Context, s socket) {
	defer func() {
		if reason := recover(); reason != nil {
			s.close()
			panic(reason)
		}
	}()
	l.spawned++
	name := "connection$" + strconv.FormatUint(l.spawned, 10)
	if _, err := ctx.SpawnNamed(newConnectionProps(l.env, l.router, s), name); err != nil {
		panic(err)
	}
	l.connections++
}

// drain stops accepting and has every connection finish what it began.
func (l *listener) drain(ctx actor.Context) {
	if l.draining {
		return
	}
	l.env.guard(ctx.Self(), drain, l.stopAccepting)
	l.env.log.info(ctx.Self(), "draining", slog.Int("connections", l.connections))
	for _, connection := range ctx.Children() {
		ctx.Send(connection, drain)
	}
	l.next(ctx)
}

// next goes on after a connection has ended.
func (l *listener) next(ctx actor.Context) {
	if !l.draining {
		l.demand()
	} else if l.connections == 0 {
		ctx.Stop(ctx.Self())
	}
}
