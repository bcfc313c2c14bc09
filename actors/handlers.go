package actors

import "github.com/asynkron/protoactor-go/actor"

// handlerProps are the props of somebody else's actor, made fit for the tree: on our dispatcher and
// mailbox, and guarded where a panic would be worse than a crash.
func (env *environment) handlerProps(props *actor.Props) *actor.Props {
	return props.Clone(env.options(actor.WithReceiverMiddleware(env.guarding()))...)
}

// guarding makes the guard of one actor. From its Stopping on, and in Restarting, it keeps a panic from
// the library, in which it would bring a stopping actor back to life, or have its parent wait for its
// end for ever. The panic is logged, and the actor stops or restarts as it was going to.
func (env *environment) guarding() actor.ReceiverMiddleware {
	stopping := false
	return func(next actor.ReceiverFunc) actor.ReceiverFunc {
		return func(ctx actor.ReceiverContext, envelope *actor.MessageEnvelope) {
			guard := stopping
			switch envelope.Message.(type) {
			case *actor.Stopping:
				stopping, guard = true, true
			case *actor.Restarting:
				guard = true
			}
			if !guard {
				next(ctx, envelope)
				return
			}
			env.guard(ctx.Self(), envelope.Message, func() { next(ctx, envelope) })
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
