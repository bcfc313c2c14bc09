package actors

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// listener accepts connections, up to a limit, and spawns an actor for each (RFC 9112 §9).
// Parent: server. Children: connections.
// Sends: drain, hasten. Understands: accepted, acceptDue, drain, handshakesEnded, hasten, resumed.
// Crash: resumed, so that the connections live on.
type listener struct {
	env    *env
	router *actor.PID
	on     *listening

	connections int
	pause       time.Duration // before accepting again after a failure
	failed      time.Time     // when accepting last failed
	wasFull     time.Time     // when there were last too many connections
	settling    bool          // newcomers are refused, but clients that had begun to connect are still accepted
	draining    bool          // it accepts nothing more
	stopping    bool
}

func newListenerProps(env *env, router *actor.PID, on *listening) *actor.Props {
	return env.props(func() actor.Actor { return &listener{env: env, router: router, on: on} }, env.strategy, resumes)
}

func (l *listener) Receive(ctx actor.Context) { l.env.guardEnd(ctx, &l.stopping, l.receive) }

func (l *listener) receive(ctx actor.Context, message any) {
	switch message := message.(type) {
	case *accepted:
		l.accepted(ctx, message)
	case *actor.Terminated:
		l.connections--
		l.tellOfRoom(ctx, l.env.connections.leave(message.Who.Id))
		l.next(ctx)
	case *acceptDue:
		l.next(ctx)
	case *actor.Started:
		l.start(ctx)
	case *drain:
		l.drain(ctx)
	case *handshakesEnded:
		l.leave(ctx)
	case *hasten:
		l.pass(ctx, message)
	case *resumed:
		l.env.strategy.again(ctx, message, l.receive)
		l.connections = len(ctx.Children()) // the crash may have come before they were counted
		l.next(ctx)
	case *actor.Stopped:
		if l.on.over() {
			l.on.finish(nil)
		}
	}
}

// start begins to accept. The accepting goroutine may exist already, if an earlier listener actor has stopped.
func (l *listener) start(ctx actor.Context) {
	l.env.log.info(ctx.Self(), "listening", slog.String("address", l.on.Addr().String()))
	l.env.connections.listen(ctx.Self())
	if l.on.accepts == nil {
		l.on.accepts = ctx.Self()
		go l.on.acceptOnDemand(l.env.system.Root)
	}
	l.next(ctx)
}

// next demands one more connection, if there is room: over the limit, newcomers wait in the kernel's backlog. A
// listener that accepts nothing more stops when its last connection has ended.
func (l *listener) next(ctx actor.Context) {
	switch {
	case l.on.accepting.Load():
	case l.draining || l.on.over():
		if l.connections == 0 {
			ctx.Stop(ctx.Self())
		}
	case l.settling || l.env.connections.hasRoom():
		l.on.accepting.Store(true)
		select {
		case l.on.demands <- struct{}{}:
		default: // there is one already
		}
	}
}

func (l *listener) accepted(ctx actor.Context, message *accepted) {
	if l.stopping {
		l.env.refuseAccepted(message) // another child would delay its end
		return
	}
	message.settle()
	switch {
	case message.err == nil:
		l.pause = 0
		l.spawn(ctx, message)
		l.acceptMore(ctx)
	case errors.Is(message.err, net.ErrClosed):
		if !l.draining {
			l.on.finish(message.err)
		}
	case cannotPass(message.err):
		l.env.log.write(slog.LevelError, ctx.Self(), "cannot accept", slog.String("error", message.err.Error()))
		l.on.finish(fmt.Errorf("actors: cannot accept on %v: %w", l.on.Addr(), message.err))
	case !l.draining:
		l.acceptLater(ctx, message.err)
		return
	}
	l.next(ctx)
}

// acceptMore accepts the rest of a burst in the same turn of the listener.
func (l *listener) acceptMore(ctx actor.Context) {
	places := l.env.connections.claim(acceptBurst)
	defer func() { l.tellOfRoom(ctx, l.env.connections.unclaim(places)) }()
	l.admit(ctx, l.on.More(places))
}

// tellOfRoom makes listeners that wait for room look again.
func (l *listener) tellOfRoom(ctx actor.Context, listeners []*actor.PID) {
	for _, waiting := range listeners {
		ctx.Send(waiting, &acceptDue{})
	}
}

// acceptBurst is how many connections are accepted in one turn, besides the demanded one.
const acceptBurst = 64

const (
	firstAcceptPause   = 5 * time.Millisecond
	longestAcceptPause = time.Second
)

// cannotPass reports whether accepting fails for good: the kernel says that the descriptor is no socket, or not a
// listening one. (Other listeners may mean anything by such an error, so it must come from accept.)
func cannotPass(err error) bool {
	var call *os.SyscallError
	if !errors.As(err, &call) || !strings.HasPrefix(call.Syscall, "accept") {
		return false
	}
	for _, reason := range []error{syscall.EBADF, syscall.EINVAL, syscall.ENOTSOCK} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

// acceptLater waits after a failure that may pass, such as too few file descriptors. It logs the first of a series; a
// quietTime without failures ends the series.
func (l *listener) acceptLater(ctx actor.Context, err error) {
	if time.Since(l.failed) > quietTime {
		l.env.log.warn(ctx.Self(), "cannot accept, trying again", slog.String("error", err.Error()))
	}
	l.failed = time.Now()
	l.pause = min(max(2*l.pause, firstAcceptPause), longestAcceptPause)
	l.env.sendLater(l.pause, ctx.Self(), &acceptDue{})
}

// spawn makes the connection. Until it exists, the socket belongs to the message, so that a repeat after a crash
// finds it.
func (l *listener) spawn(ctx actor.Context, message *accepted) {
	if message.socket == nil {
		return
	}
	name := l.env.connections.nextName()
	session := l.env.newSession(message.socket)
	id := ctx.Self().Id + "/" + name
	l.env.connections.enter(id, session)
	spawned := false
	defer func() {
		if !spawned {
			l.tellOfRoom(ctx, l.env.connections.leave(id))
		}
	}()
	if !l.env.draining() { // while draining, connections from the backlog are all served
		l.makeRoom(ctx, id, session)
	}
	if _, err := ctx.SpawnNamed(newConnectionProps(l.env, l.router, session), name); err != nil {
		panic(err)
	}
	spawned = true
	message.take()
	l.connections++
	l.env.counts.connections.Add(1)
}

// makeRoom makes an idle connection give way to a newcomer, if there are too many.
func (l *listener) makeRoom(ctx actor.Context, newcomer string, session *session) {
	idle, full := l.env.connections.makeRoom(newcomer, l.env.clock())
	if !full {
		return
	}
	if now := time.Now(); now.Sub(l.wasFull) > quietTime {
		l.env.log.warn(ctx.Self(), "too many connections: those that wait for a request give way",
			slog.Int("limit", l.env.config.MaxConnections))
	}
	l.wasFull = time.Now()
	if idle.id == "" {
		session.client.surplus = true
		return
	}
	ctx.Send(ctx.ActorSystem().NewLocalPID(idle.id), &giveWay{since: idle.since})
}

// admit makes connections of sockets that nobody else knows: a crash over one must not lose the others.
func (l *listener) admit(ctx actor.Context, sockets []transport.Socket) {
	for _, s := range sockets {
		message := &accepted{socket: s}
		l.env.guard(ctx.Self(), message, func() { l.spawn(ctx, message) })
		if s := message.take(); s != nil {
			s.Close()
		}
	}
}

func (l *listener) pass(ctx actor.Context, command any) {
	for _, connection := range ctx.Children() {
		ctx.Send(connection, command)
	}
}
