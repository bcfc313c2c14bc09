package actors

import "github.com/asynkron/protoactor-go/actor"

// handlerProps are the props of somebody else's actor, made fit for the tree: on our dispatcher and
// mailbox, and guarded where a panic would be worse than a crash.
func (env *environment) handlerProps(props *actor.Props) *actor.Props {
	return props.Clone(env.options(actor.WithReceiverMiddleware(env.guarded))...)
}

// guarded keeps a panic in Stopping, Stopped or Restarting from the library, in which it brings a
// stopping actor back to life, or has its parent wait for its end for ever. It is logged, and the
// actor stops or restarts as it was going to.
func (env *environment) guarded(next actor.ReceiverFunc) actor.ReceiverFunc {
	return func(ctx actor.ReceiverContext, envelope *actor.MessageEnvelope) {
		switch envelope.Message.(type) {
		case *actor.Stopping, *actor.Stopped, *actor.Restarting:
			env.guard(ctx.Self(), envelope.Message, func() { next(ctx, envelope) })
		default:
			next(ctx, envelope)
		}
	}
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
