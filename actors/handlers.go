package actors

import (
	"errors"
	"reflect"
	"strings"

	"github.com/asynkron/protoactor-go/actor"
)

// handlerProps makes the props of a foreign actor fit for the tree: on our dispatcher, with a mailbox that keeps its
// requests in custody, and guarded where a panic would be worse than a crash. Its children get the same, and are
// restarted like handlers unless it has a strategy of its own. A pool makes several actors from the same props.
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

// placeProps are the props of all actors of a handler. A mailbox learns its place when the actor exists.
func (env *env) placeProps(of *handler) *actor.Props {
	policy := policy(restartsForEver)
	if of.spec.kind == "PerRequest" || of.spec.kind == "Func" { // the next actor takes over
		policy = stops
	}
	props := env.handlerProps(of.spec.props, func() *mailbox { return env.newMailbox(&custody{}, policy) })
	watchProducer(props, func(made actor.Actor) { env.instances.claim(of, made) })
	return props
}

// produced returns what a producer returns. It panics with errNoFunction if the user gave the library a nil function.
func produced(produce actor.ProducerWithActorSystem, system *actor.ActorSystem) actor.Actor {
	returned := false
	defer func() {
		if !returned && strings.Contains(placeOfPanic(), "/actor/props") { // where the library calls the user's function
			panic(errNoFunction)
		}
	}()
	made := produce(system)
	returned = true
	return made
}

// watchProducer calls see with each actor that is made of the props, and panics if it is nil. The library offers no
// other way to intercept this.
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

// ownMailbox makes a mailbox with its own line: for every foreign actor except the handlers of routes.
func (env *env) ownMailbox(policy policy) *mailbox {
	return env.newMailbox(&custody{queue: newQueue(&env.config)}, policy)
}

// hasStrategy reports whether the props say how to supervise children. The library offers no other way to know.
func hasStrategy(props *actor.Props) bool {
	return !reflect.ValueOf(props).Elem().FieldByName("supervisionStrategy").IsNil()
}

// passing is a middleware that does nothing: it makes the props have a chain of receivers.
func passing(next actor.ReceiverFunc) actor.ReceiverFunc { return next }

// receiverOf returns the first receiver of the props: it runs before all middleware, which may be foreign too. The
// library offers no other way to come first.
func receiverOf(props *actor.Props) *actor.ReceiverFunc {
	chain := reflect.ValueOf(props).Elem().FieldByName("receiverMiddlewareChain")
	return (*actor.ReceiverFunc)(chain.Addr().UnsafePointer())
}

// sourceProps are the props of a source of content, whose runs are long. made gets its mailbox.
func (env *env) sourceProps(props *actor.Props, made func(*mailbox)) *actor.Props {
	return env.handlerProps(props, func() *mailbox {
		m := env.ownMailbox(stops)
		m.task.Bulk.Store(true)
		made(m)
		return m
	})
}

// errEnding is the error if an actor that ends spawns a child: it would have to wait for the child's end for ever.
var errEnding = errors.New("actors: an actor that stops or restarts takes no more children")

// adopting gives the children of a foreign actor the same props treatment. If decides is true, the actor itself
// decides what happens to children that fail.
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

// birth makes an actor. If the making fails halfway, for example by a panic in OnInit, the actor has a name but no
// context: birth removes it from the registry. (The library runs the producer before it checks whether the name is
// taken; a taken name belongs to another actor.)
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

// guarding keeps a panic from the library while an incarnation ends, from Stopping or Restarting on. There it would
// bring a stopping actor back to life, or let its parent wait for its end for ever. The panic is logged, and the
// actor stops or restarts as it was going to. (mailbox.failure handles the messages that come while the actor waits
// for the end of its children.) A goroutine that ends cannot be guarded: see mailbox.goOnEnding.
func (env *env) guarding(next actor.ReceiverFunc) actor.ReceiverFunc {
	return func(ctx actor.ReceiverContext, envelope *actor.MessageEnvelope) {
		switch envelope.Message.(type) {
		case *actor.Started:
			if m, ended := env.endingMailbox(ctx.Self()); ended {
				env.ending.Delete(ctx.Self().Id)
				if !m.isStopping() {
					m.life.Store(goesOn)
				}
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

// guardEnding lets the actor handle its last message, then answers the requests that it leaves unanswered. It does so
// now, because the actor may wait long for its children.
func (env *env) guardEnding(ctx actor.ReceiverContext, envelope *actor.MessageEnvelope, next actor.ReceiverFunc, tell func(*Request)) {
	m, _ := env.endingMailbox(ctx.Self())
	if m == nil || !m.silent {
		env.guard(ctx.Self(), envelope.Message, func() { next(ctx, envelope) })
	}
	if m != nil && tell != nil {
		m.lose(tell)
	}
}

// endingMailbox returns the mailbox of an actor that stops or restarts.
func (env *env) endingMailbox(who *actor.PID) (m *mailbox, ends bool) {
	ending, ends := env.ending.Load(who.Id)
	if !ends {
		return nil, false
	}
	return ending.(*mailbox), true
}
