package actors

import (
	"errors"

	"github.com/asynkron/protoactor-go/actor"
)

// handlerProps are the props of somebody else's actor, made fit for the tree: on our dispatcher, with
// a mailbox that keeps its requests in custody, and guarded where a panic would be worse than a
// crash. Its children are made so as well. The queue is that of the route whose handler it is, or nil.
func (env *environment) handlerProps(props *actor.Props, line *queue) *actor.Props {
	warden := &warden{env: env}
	return props.Clone(
		actor.WithDispatcher(env.dispatcher),
		actor.WithMailbox(func() actor.Mailbox { return env.mailbox(&custody{queue: line}) }),
		actor.WithReceiverMiddleware(warden.guarding),
		actor.WithContextDecorator(signing),
		actor.WithSpawnMiddleware(warden.adopting),
	)
}

// A warden looks after one actor of somebody else's, and belongs to its goroutine.
type warden struct {
	env      *environment
	ending   bool // this incarnation ends: it restarts, or stops
	stopping bool
}

// errEnding is why an actor gets no child: it would have to wait for its end, for ever.
var errEnding = errors.New("actors: an actor that stops or restarts takes no more children")

// adopting has the children of the actor be made as it was.
func (w *warden) adopting(next actor.SpawnFunc) actor.SpawnFunc {
	return func(system *actor.ActorSystem, id string, props *actor.Props, parent actor.SpawnerContext) (*actor.PID, error) {
		if w.ending {
			return nil, errEnding
		}
		return next(system, id, w.env.handlerProps(props, nil), parent)
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

func (c *signingContext) sign(to *actor.PID, message any) {
	response, ok := message.(*Response)
	if !ok || response == nil || response.request == nil {
		return
	}
	if response.from == nil {
		response.from = c.Self()
	}
	if connection := response.request.Connection(); connection != nil && connection.Equal(to) {
		response.request.progress.answered.Store(true)
	}
}

// guarding keeps a panic from the library from Stopping on, and from Restarting on until the next
// incarnation starts. There it would bring a stopping actor back to life, or have its parent wait for
// its end for ever. The panic is logged, and the actor stops or restarts as it was going to.
func (w *warden) guarding(next actor.ReceiverFunc) actor.ReceiverFunc {
	return func(ctx actor.ReceiverContext, envelope *actor.MessageEnvelope) {
		switch envelope.Message.(type) {
		case *actor.Stopping:
			w.ending, w.stopping = true, true
		case *actor.Restarting:
			w.ending = true
		case *actor.Started:
			w.ending = w.stopping
		}
		if !w.ending {
			next(ctx, envelope)
			return
		}
		w.env.guard(ctx.Self(), envelope.Message, func() { next(ctx, envelope) })
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
