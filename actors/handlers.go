package actors

import (
	"errors"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// handlerProps are the props of somebody else's actor, made fit for the tree: on our dispatcher, with
// a mailbox that keeps its requests in custody, and guarded where a panic would be worse than a
// crash. Its children are made so as well. The queue is that of the route whose handler it is, or nil.
func (env *environment) handlerProps(props *actor.Props, line *queue) *actor.Props {
	return props.Clone(
		actor.WithDispatcher(env.dispatcher),
		actor.WithMailbox(func() actor.Mailbox { return env.wrap(env.newMailbox(&custody{queue: line})) }),
		actor.WithReceiverMiddleware(env.guarding),
		actor.WithContextDecorator(signing),
		actor.WithSpawnMiddleware(env.adopting),
	)
}

// sourceProps are those of a source of content, whose runs are long.
func (env *environment) sourceProps(props *actor.Props) *actor.Props {
	return env.handlerProps(props, nil).Configure(actor.WithMailbox(func() actor.Mailbox {
		m := env.newMailbox(&custody{})
		m.bulk.Store(true)
		return env.wrap(m)
	}))
}

// errEnding is why an actor gets no child: it would have to wait for its end, for ever.
var errEnding = errors.New("actors: an actor that stops or restarts takes no more children")

// adopting has the children of somebody else's actor be made as it was.
func (env *environment) adopting(next actor.SpawnFunc) actor.SpawnFunc {
	return func(system *actor.ActorSystem, id string, props *actor.Props, parent actor.SpawnerContext) (*actor.PID, error) {
		if _, ends := env.ending.Load(parent.Self().Id); ends {
			return nil, errEnding
		}
		defer env.forgetUnborn(id)
		return next(system, id, env.handlerProps(props, nil), parent)
	}
}

// forgetUnborn takes an actor out of the registry whose making has panicked, for example in OnInit: it
// has a name by then, and no context.
func (env *environment) forgetUnborn(id string) {
	if reason := recover(); reason != nil {
		env.system.ProcessRegistry.Remove(env.system.NewLocalPID(id))
		panic(reason)
	}
}

// signing has an actor sign its responses.
func signing(next actor.ContextDecoratorFunc) actor.ContextDecoratorFunc {
	return func(ctx actor.Context) actor.Context { return &signingContext{next(ctx)} }
}

// A signingContext is the context of somebody else's actor. It notes in a response who sent it, and in
// its request that it was answered.
type signingContext struct{ actor.Context }

func (c *signingContext) Respond(response any) {
	c.sign(c.Sender(), response)
	c.Context.Respond(response)
}

func (c *signingContext) Send(to *actor.PID, message any) {
	c.sign(to, message)
	c.Context.Send(to, message)
}

func (c *signingContext) Forward(to *actor.PID) {
	c.sign(to, c.Message())
	c.Context.Forward(to)
}

func (c *signingContext) Request(to *actor.PID, message any) {
	c.sign(to, message)
	c.Context.Request(to, message)
}

func (c *signingContext) RequestWithCustomSender(to *actor.PID, message any, sender *actor.PID) {
	c.sign(to, message)
	c.Context.RequestWithCustomSender(to, message, sender)
}

// RequestFuture asks as Request does; the answer is for whoever waits for the future.
func (c *signingContext) RequestFuture(to *actor.PID, message any, timeout time.Duration) *actor.Future {
	c.sign(to, message)
	future := actor.NewFuture(c.ActorSystem(), timeout)
	if r := requestIn(message); r != nil {
		if own := r.heldBy(c.Self()); own != nil {
			r.progress.asker.Store(&asker{future.PID(), own})
		}
	}
	c.Context.RequestWithCustomSender(to, message, future.PID())
	return future
}

func (c *signingContext) sign(to *actor.PID, message any) {
	response, ok := message.(*Response)
	if !ok || response == nil || response.request == nil {
		return
	}
	if response.from == nil {
		response.from = c.Self()
	}
	r := response.request
	if connection := r.Connection(); connection != nil && connection.Equal(to) {
		r.progress.answered.Store(true)
		return
	}
	if asked := r.progress.asker.Load(); asked != nil && asked.pid.Equal(to) {
		if own := r.heldBy(c.Self()); own != nil && !own.giveBack(r, asked) {
			own.env.discard(response)
			own.env.stopped(r) // nobody is left to pass the answer on
		}
	}
}

// Stash puts the message at hand off until the next incarnation. The library's own would forget who sent a
// request, and hand out the last one first.
func (c *signingContext) Stash() {
	if r := requestIn(c.Message()); r != nil {
		if own := r.heldBy(c.Self()); own != nil {
			if !r.progress.stashed.Swap(true) {
				own.mailbox.stash = append(own.mailbox.stash, &actor.MessageEnvelope{Message: c.Message(), Sender: c.Sender()})
			}
			return
		}
	}
	c.Context.Stash()
}

// guarding keeps a panic from the library while an incarnation ends, from Stopping or Restarting on. There
// it would bring a stopping actor back to life, or have its parent wait for its end for ever. The panic
// is logged, and the actor stops or restarts as it was going to. (mailbox.failure sees to the messages
// that come to an actor while it waits for the end of its children.)
func (env *environment) guarding(next actor.ReceiverFunc) actor.ReceiverFunc {
	return func(ctx actor.ReceiverContext, envelope *actor.MessageEnvelope) {
		switch envelope.Message.(type) {
		case *actor.Started:
			if m, ends := env.ending.LoadAndDelete(ctx.Self().Id); ends {
				m.(*mailbox).turnsAway.Store(false)
			}
			next(ctx, envelope)
		case *actor.Stopping:
			env.guardEnding(ctx, envelope, next, env.stopped)
		case *actor.Restarting:
			env.guardEnding(ctx, envelope, next, env.crashed)
		case *actor.Stopped, *actor.Terminated:
			if _, ends := env.ending.Load(ctx.Self().Id); ends {
				env.guard(ctx.Self(), envelope.Message, func() { next(ctx, envelope) })
				return
			}
			next(ctx, envelope)
		default:
			next(ctx, envelope)
		}
	}
}

// guardEnding lets the actor have its last say, then answers for the requests that it leaves unanswered:
// it may have to wait long for its children.
func (env *environment) guardEnding(ctx actor.ReceiverContext, envelope *actor.MessageEnvelope, next actor.ReceiverFunc, tell func(*Request)) {
	env.guard(ctx.Self(), envelope.Message, func() { next(ctx, envelope) })
	if m, ends := env.ending.Load(ctx.Self().Id); ends {
		m.(*mailbox).lose(tell)
	}
}

// guardEnd does the same for an actor of the server's own.
func (env *environment) guardEnd(ctx actor.Context, stopping *bool, receive func(actor.Context, any)) {
	message := ctx.Message()
	if _, ok := message.(*actor.Stopping); ok {
		*stopping = true
	}
	if !*stopping {
		receive(ctx, message)
		return
	}
	env.guard(ctx.Self(), message, func() { receive(ctx, message) })
}

// guard does what must not panic, and logs it if it does.
func (env *environment) guard(who *actor.PID, message any, do func()) {
	defer func() {
		if reason := recover(); reason != nil {
			env.log.crashed(who, newCrash(reason), message, "go on", 0)
		}
	}()
	do()
}
