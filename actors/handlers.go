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
// own. A pool makes several actors of the same props.
func (env *env) handlerProps(props *actor.Props, make func() *mailbox) *actor.Props {
	decides := hasStrategy(props)
	made := props.Clone(
		actor.WithDispatcher(env.dispatcher),
		actor.WithMailbox(func() actor.Mailbox { return env.wrap(make()) }),
		actor.WithReceiverMiddleware(passing),
		actor.WithContextDecorator(env.signing),
		actor.WithSpawnMiddleware(env.adopting(decides)),
		actor.WithGuardian(nil), // the server's own supervision is its guardian
	)
	receive := receiverOf(made)
	*receive = env.guarding(*receive)
	watchProducer(made, func(actor.Actor) {})
	if !decides {
		made.Configure(actor.WithSupervisor(env.strategy))
	}
	return made
}

// placeProps are those of all actors of a handler. Which place one has its mailbox learns when the actor is there.
func (env *env) placeProps(of *handler) *actor.Props {
	policy := policy(restartsForEver)
	if of.spec.kind == "PerRequest" || of.spec.kind == "Func" { // another one takes over
		policy = stops
	}
	props := env.handlerProps(of.spec.props, func() *mailbox { return env.newMailbox(&custody{}, policy) })
	watchProducer(props, func(made actor.Actor) { env.instances.claim(of, made) })
	return props
}

// produced is what a producer returns. If there is no function below the library's own, it says so.
func produced(produce actor.ProducerWithActorSystem, system *actor.ActorSystem) actor.Actor {
	returned := false
	defer func() {
		if !returned && strings.Contains(placeOfPanic(), "/actor/props") { // where the library calls what it was given
			panic(errNoFunction)
		}
	}()
	made := produce(system)
	returned = true
	return made
}

// watchProducer has somebody see each actor that is made of the props, and no nil be taken for one. The library has no
// other way to come between.
func watchProducer(props *actor.Props, see func(actor.Actor)) {
	field := reflect.ValueOf(props).Elem().FieldByName("producer")
	if field.IsNil() {
		return // the library says so
	}
	producer := (*actor.ProducerWithActorSystem)(field.Addr().UnsafePointer())
	produce := *producer
	*producer = func(system *actor.ActorSystem) actor.Actor {
		made := produced(produce, system)
		if receive, is := made.(actor.ReceiveFunc); made == nil || is && receive == nil {
			panic(errNilActor)
		}
		see(made)
		return made
	}
}

// ownMailbox makes a mailbox for an actor with a line of its own: each but the handler of a route.
func (env *env) ownMailbox(policy policy) *mailbox {
	return env.newMailbox(&custody{queue: newQueue(&env.config)}, policy)
}

// hasStrategy reports whether the props say how to supervise children. The library has no other way to know.
func hasStrategy(props *actor.Props) bool {
	return !reflect.ValueOf(props).Elem().FieldByName("supervisionStrategy").IsNil()
}

// passing is a middleware that does nothing: with it props have a chain of receivers.
func passing(next actor.ReceiverFunc) actor.ReceiverFunc { return next }

// receiverOf is what the actor of the props begins to receive with: before all middleware, which is somebody
// else's as well. The library has no other way to come first.
func receiverOf(props *actor.Props) *actor.ReceiverFunc {
	chain := reflect.ValueOf(props).Elem().FieldByName("receiverMiddlewareChain")
	return (*actor.ReceiverFunc)(chain.Addr().UnsafePointer())
}

// sourceProps are those of a source of content, whose runs are long. Somebody is told of its mailbox.
func (env *env) sourceProps(props *actor.Props, made func(*mailbox)) *actor.Props {
	return env.handlerProps(props, func() *mailbox {
		m := env.ownMailbox(stops)
		m.task.Bulk.Store(true)
		made(m)
		return m
	})
}

// errEnding is why an actor gets no child: it would have to wait for its end, for ever.
var errEnding = errors.New("actors: an actor that stops or restarts takes no more children")

// adopting has the children of somebody else's actor be made as it was. It may decide itself what becomes of
// those that fail.
func (env *env) adopting(decides bool) actor.SpawnMiddleware {
	return func(next actor.SpawnFunc) actor.SpawnFunc {
		return func(system *actor.ActorSystem, id string, props *actor.Props, parent actor.SpawnerContext) (*actor.PID, error) {
			if _, ends := env.ending.Load(parent.Self().Id); ends {
				return nil, errEnding
			}
			prefix := parent.Self().Id + "/"
			id = prefix + escapeName(strings.TrimPrefix(id, prefix))
			policy := policy(restartsForEver)
			if decides || isStrategy(parent) {
				policy = leftToParent
			}
			props = env.handlerProps(props, func() *mailbox { return env.ownMailbox(policy) })
			return env.birth(id, func() (*actor.PID, error) { return next(system, id, props, parent) })
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

// birth makes an actor. One whose making does not come to its end, for example by a panic in OnInit, has a name by
// then, and no context: it is taken out of the registry. (The library runs the producer before it looks whether
// the name is taken: then it is another actor's.)
func (env *env) birth(id string, make func() (*actor.PID, error)) (pid *actor.PID, err error) {
	before, _ := env.system.ProcessRegistry.GetLocal(id)
	made := false
	defer func() {
		if now, named := env.system.ProcessRegistry.GetLocal(id); named && now != before && (!made || err != nil && !errors.Is(err, actor.ErrNameExists)) {
			env.system.ProcessRegistry.Remove(env.system.NewLocalPID(id))
		}
	}()
	pid, err = make()
	made = true
	return pid, err
}

// guarding keeps a panic from the library while an incarnation ends, from Stopping or Restarting on. There
// it would bring a stopping actor back to life, or have its parent wait for its end for ever. The panic
// is logged, and the actor stops or restarts as it was going to. (mailbox.failure sees to the messages
// that come to an actor while it waits for the end of its children.)
// What ends the goroutine cannot be kept: see mailbox.goOnEnding.
func (env *env) guarding(next actor.ReceiverFunc) actor.ReceiverFunc {
	return func(ctx actor.ReceiverContext, envelope *actor.MessageEnvelope) {
		switch envelope.Message.(type) {
		case *actor.Started:
			if m, ended := env.endingMailbox(ctx.Self()); ended {
				env.ending.Delete(ctx.Self().Id)
				m.life.CompareAndSwap(turnsAway, goesOn)
				m.silent = false
			}
			next(ctx, envelope)
		case *actor.Stopping:
			env.guardEnding(ctx, envelope, next, env.stopped)
		case *actor.Restarting:
			env.guardEnding(ctx, envelope, next, env.crashed)
		case *actor.Stopped, *actor.Terminated:
			if _, ends := env.endingMailbox(ctx.Self()); ends {
				env.guardEnding(ctx, envelope, next, nil)
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
func (env *env) guardEnding(ctx actor.ReceiverContext, envelope *actor.MessageEnvelope, next actor.ReceiverFunc, tell func(*Request)) {
	m, _ := env.endingMailbox(ctx.Self())
	if m == nil || !m.silent {
		env.guard(ctx.Self(), envelope.Message, func() { next(ctx, envelope) })
	}
	if m != nil && tell != nil {
		m.lose(tell)
	}
}

// endingMailbox is that of an actor which stops or restarts.
func (env *env) endingMailbox(who *actor.PID) (m *mailbox, ends bool) {
	ending, ends := env.ending.Load(who.Id)
	if !ends {
		return nil, false
	}
	return ending.(*mailbox), true
}
