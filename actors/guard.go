package actors

import "github.com/asynkron/protoactor-go/actor"

// guardEnd keeps a panic of the server's own actor from the library while the actor ends.
func (env *env) guardEnd(ctx actor.Context, stopping *bool, receive func(actor.Context, any)) {
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

// guard calls do, and logs a panic instead of passing it on.
func (env *env) guard(who *actor.PID, message any, do func()) {
	defer func() {
		if reason := recover(); reason != nil {
			env.logCrash(who, &crash{verdict: verdict{decision: goOn}}, reason, message)
		}
	}()
	do()
}
