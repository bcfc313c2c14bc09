package actors

import (
	"log/slog"
	"slices"
	"strings"

	"github.com/asynkron/protoactor-go/actor"
)

// The actor system in which a server lives.

// useSystem has the server's actors live in the system of the configuration, or else in one of their own. What the library
// would log there is logged by us, with more in it.
func (env *env) useSystem() {
	if env.system = env.config.System; env.system == nil {
		env.system = env.newSystem()
	}
	stream := env.system.EventStream
	heard := stream.Subscribe(func(event any) {
		env.guard(nil, event, func() { // this is the goroutine of the sender, which may be nobody's
			switch event := event.(type) {
			case *actor.DeadLetterEvent:
				env.deadLetter(event)
			case *actor.SupervisorEvent:
				if env.owns(event.Child) {
					env.failed(event)
				}
			}
		})
	})
	env.unhear = func() {
		if env.config.System != nil { // our own hears of what comes after the end as well, and goes with the server
			stream.Unsubscribe(heard)
		}
	}
}

// owns reports whether an actor is one that the server answers for. In a system of somebody else's there are others.
func (env *env) owns(who *actor.PID) bool {
	return env.config.System == nil || who != nil && (who.Id == serverName || strings.HasPrefix(who.Id, serverName+"/"))
}

func (env *env) newSystem() *actor.ActorSystem {
	system := actor.NewActorSystem(
		actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger {
			return slog.New(&libraryLog{env.log.logger.Handler(), env})
		}),
		actor.WithDeadLetterRequestLogging(false),
	)
	shrinkRegistry(system)
	return system
}

// hasActor reports whether an actor is there, as far as this system can know: others have actors of their own.
func (env *env) hasActor(who *actor.PID) bool {
	if who.Address != env.system.Address() {
		return true // of another machine: it is for the library to reach
	}
	_, there := env.system.ProcessRegistry.GetLocal(who.Id)
	return there
}

// registryBuckets are enough: each has 32 locks of its own.
const registryBuckets = 16

// shrinkRegistry takes the registry of a new system down from 32,768 maps, which every garbage
// collection would have to mark.
func shrinkRegistry(system *actor.ActorSystem) {
	registry := system.ProcessRegistry.LocalPIDs
	before := registry.LocalPIDs
	registry.LocalPIDs = slices.Clone(before[:registryBuckets])
	processes := make(map[string]any)
	for _, bucket := range before {
		bucket.IterCb(func(id string, process any) { processes[id] = process })
	}
	for id, process := range processes {
		registry.GetBucket(id).Set(id, process)
	}
}
