package actors

import (
	"sync"
	"sync/atomic"
	"testing/synctest"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/duplex"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// environment makes what an actor needs that is tested alone.
func (k *kit) environment() *env {
	env := NewServer(k.config).env
	k.cleanup = append(k.cleanup, env.dispatcher.Close)
	return env
}

// options make an actor as the server's own are.
func (env *env) options() []actor.PropsOption {
	return []actor.PropsOption{
		actor.WithDispatcher(env.dispatcher), actor.WithMailbox(func() actor.Mailbox { return env.wrap(env.newMailbox(nil, restartsForEver)) }),
	}
}

// A probe is an actor that records what it gets, without the messages of its own life cycle. It
// also runs functions that it is sent, and supervises its children under the strategy.
type probe struct {
	k     *kit
	pid   *actor.PID
	root  *actor.RootContext
	mu    sync.Mutex
	inbox []any
}

func (k *kit) probe(env *env, name string, children actor.SupervisorStrategy) *probe {
	p := &probe{k: k, root: env.system.Root}
	var options []actor.PropsOption
	if children != nil {
		options = append(options, actor.WithSupervisor(children))
	}
	pid, err := p.root.SpawnNamed(actor.PropsFromFunc(p.receive, options...), name)
	if err != nil {
		k.t.Fatal(err)
	}
	p.pid = pid
	k.cleanup = append(k.cleanup, func() { p.root.Stop(pid); synctest.Wait() })
	return p
}

func (p *probe) receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actor.Started, *actor.Stopping, *actor.Stopped, *actor.Restarting:
	case func(actor.Context):
		message(ctx)
	default:
		p.mu.Lock()
		defer p.mu.Unlock()
		p.inbox = append(p.inbox, message)
	}
}

// do runs f inside of the actor.
func (p *probe) do(f func(ctx actor.Context)) {
	p.root.Send(p.pid, f)
	synctest.Wait()
}

// want takes the next message of the probe, which must have that type.
func want[T any](p *probe, why string) T {
	p.k.t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	var wanted T
	if len(p.inbox) == 0 {
		p.k.t.Fatalf("%s: want a %T, got no message", why, wanted)
	}
	wanted, ok := p.inbox[0].(T)
	if !ok {
		p.k.t.Fatalf("%s: want a %T, got a %T", why, wanted, p.inbox[0])
	}
	p.inbox = p.inbox[1:]
	return wanted
}

func (p *probe) wantNone(why string) {
	p.k.t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.inbox) > 0 {
		p.k.t.Fatalf("%s: want no message, got a %T", why, p.inbox[0])
	}
}

// A loneConnection is a connection whose parent and router are probes.
type loneConnection struct {
	*peer
	env            *env
	pid            *actor.PID
	parent, router *probe
	current        atomic.Pointer[connection] // incarnation
}

// connection spawns a connection as a listener would.
func (k *kit) connection() *loneConnection {
	return k.connectionOn(func(s transport.Socket) transport.Socket { return s })
}

func (k *kit) connectionOn(wrap func(transport.Socket) transport.Socket) *loneConnection {
	env := k.environment()
	c := &loneConnection{peer: &peer{k: k}, env: env}
	c.router = k.probe(env, "router", nil)
	c.parent = k.probe(env, "listener", &strategy{env: env})
	client, server := duplex.New()
	c.parent.do(func(ctx actor.Context) {
		props := newConnectionProps(env, c.router.pid, env.newSession(wrap(transport.NewStream(server))))
		props.Configure(actor.WithReceiverMiddleware(c.remember))
		c.pid, _ = ctx.SpawnNamed(props, "connection$1")
	})
	c.connect(client, server)
	return c
}

// remember is a middleware that knows the current incarnation of the connection.
func (c *loneConnection) remember(next actor.ReceiverFunc) actor.ReceiverFunc {
	return func(ctx actor.ReceiverContext, envelope *actor.MessageEnvelope) {
		c.current.Store(ctx.Actor().(*connection))
		next(ctx, envelope)
	}
}

// incarnation may be used only while all is quiet.
func (c *loneConnection) incarnation() *connection { synctest.Wait(); return c.current.Load() }

// tell sends the connection a message.
func (c *loneConnection) tell(message any) {
	c.env.system.Root.Send(c.pid, message)
	synctest.Wait()
}

// drain has the connection know that its server drains.
func (c *loneConnection) drain() {
	c.env.state.Store(stateDraining)
	c.tell(&drain{})
}

// crash makes the connection panic in any behaviour: the connection looks into a nil Response.
func (c *loneConnection) crash() { c.tell((*giveWay)(nil)) }

// wantStopped wants the parent to know that the connection has stopped.
func (c *loneConnection) wantStopped(why string) {
	c.k.t.Helper()
	want[*actor.Terminated](c.parent, why)
}

// takesContent has a route for all requests, whose handler wants the content whole.
func (c *loneConnection) takesContent() { c.routes(&route{}) }

// routes has a route for all requests.
func (c *loneConnection) routes(to *route) {
	to.env, to.pattern = c.env, parsed("/")
	if to.timeout == 0 {
		to.timeout = c.env.config.HandlerTimeout
	}
	to.handler = c.env.newHandler(oneOf(saying("")), to)
	c.env.routes().add(to)
}
