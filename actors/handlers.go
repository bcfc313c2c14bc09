package actors

import (
	"errors"
	"reflect"
	"strings"

	"github.com/asynkron/protoactor-go/actor"
)

// handlerProps are the props of somebody else's actor, made fit for the tree: on our dispatcher, with
// a mailbox that keeps its requests in custody, and guarded where a panic would be worse than a
// crash. Its children are made so as well, and restarted as handlers are unless it has a strategy of its
// own. They are for one actor.
func (env *environment) handlerProps(props *actor.Props, make func() *mailbox) *actor.Props {
	hand := &hand{env: env}
	decides := hasStrategy(props)
	made := props.Clone(
		actor.WithDispatcher(env.dispatcher),
		actor.WithMailbox(func() actor.Mailbox { hand.mailbox = make(); return env.wrap(hand.mailbox) }),
		actor.WithReceiverMiddleware(env.guarding, hand.showing),
		actor.WithContextDecorator(hand.signing),
		actor.WithSpawnMiddleware(env.adopting(decides)),
	)
	if !decides {
		made.Configure(actor.WithSupervisor(&strategy{env: env}))
	}
	return made
}

// routeProps are those of the handler of a route.
func (env *environment) routeProps(route *route) *actor.Props {
	return env.handlerProps(route.props, func() *mailbox {
		return env.newMailbox(&custody{queue: &route.queue}, restartsForEver)
	})
}

// hasStrategy reports whether the props say how to supervise children. The library has no other way to know.
func hasStrategy(props *actor.Props) bool {
	return !reflect.ValueOf(props).Elem().FieldByName("supervisionStrategy").IsNil()
}

// sourceProps are those of a source of content, whose runs are long.
func (env *environment) sourceProps(props *actor.Props) *actor.Props {
	return env.handlerProps(props, func() *mailbox {
		m := env.newMailbox(&custody{queue: newQueue(&env.config)}, stops)
		m.bulk.Store(true)
		return m
	})
}

// errEnding is why an actor gets no child: it would have to wait for its end, for ever.
var errEnding = errors.New("actors: an actor that stops or restarts takes no more children")

// adopting has the children of somebody else's actor be made as it was. It may decide itself what becomes of
// those that fail.
func (env *environment) adopting(decides bool) actor.SpawnMiddleware {
	return func(next actor.SpawnFunc) actor.SpawnFunc {
		return func(system *actor.ActorSystem, id string, props *actor.Props, parent actor.SpawnerContext) (*actor.PID, error) {
			if _, ends := env.ending.Load(parent.Self().Id); ends {
				return nil, errEnding
			}
			prefix := parent.Self().Id + "/"
			id = prefix + escapeName(strings.TrimPrefix(id, prefix))
			defer env.forgetUnborn(id)
			policy := policy(restartsForEver)
			if decides || isStrategy(parent) {
				policy = leftToParent
			}
			return next(system, id, env.handlerProps(props, func() *mailbox {
				return env.newMailbox(&custody{queue: newQueue(&env.config)}, policy)
			}), parent)
		}
	}
}

// isStrategy reports whether an actor is the supervisor strategy of its children.
func isStrategy(parent actor.SpawnerContext) bool {
	own, ok := parent.(interface{ Actor() actor.Actor })
	if !ok {
		return false
	}
	_, is := own.Actor().(actor.SupervisorStrategy)
	return is
}

// forgetUnborn takes an actor out of the registry whose making has panicked, for example in OnInit: it
// has a name by then, and no context.
func (env *environment) forgetUnborn(id string) {
	if reason := recover(); reason != nil {
		env.system.ProcessRegistry.Remove(env.system.NewLocalPID(id))
		panic(reason)
	}
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
			if m, ends := env.ending.Load(ctx.Self().Id); ends {
				if m.(*mailbox).mayHear(envelope.Message) {
					env.guard(ctx.Self(), envelope.Message, func() { next(ctx, envelope) })
				}
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
