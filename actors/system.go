package actors

import (
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// useSystem sets the actor system: that of the configuration, or a new one. We log what the library would log, with
// more detail.
func (env *env) useSystem() {
	if env.system = env.config.System; env.system == nil {
		env.system = env.newSystem()
	}
	stream := env.system.EventStream
	heard := stream.Subscribe(func(event any) {
		env.guard(nil, event, func() { // on the goroutine of the sender, which nobody may guard
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
		if env.config.System != nil { // a system of our own goes with the server, and still reports after the end
			stream.Unsubscribe(heard)
		}
	}
}

// owns reports whether the server is responsible for an actor. A foreign system also has others.
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

// sendLater sends a message after a while, unless the server has ended by then.
func (env *env) sendLater(d time.Duration, to *actor.PID, message any) {
	time.AfterFunc(d, func() {
		select {
		case <-env.done:
		default:
			env.system.Root.Send(to, message)
		}
	})
}

// hasActor reports whether an actor exists, as far as this system can know.
func (env *env) hasActor(who *actor.PID) bool {
	if who.Address != env.system.Address() {
		return true // on another machine: the library must reach it
	}
	_, there := env.system.ProcessRegistry.GetLocal(who.Id)
	return there
}

// registryBuckets is enough: each bucket has 32 locks of its own.
const registryBuckets = 16

// shrinkRegistry shrinks the registry of a new system from 32,768 maps, which every garbage collection would have to
// mark.
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
