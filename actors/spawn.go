package actors

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// System is the actor system of the server's actors: Config.System, or one of its own.
func (s *Server) System() *actor.ActorSystem { return s.env.system }

// Spawn makes an actor of your own that lives beside the handlers, for example a cache or a database connection. You
// may call it before the server serves, so that producers of handlers can use the PID. The name is its path in the
// log. The actor is supervised like a handler: it is restarted when it crashes, after growing pauses if that repeats.
// It may answer requests that are forwarded to it. It is stopped after all handlers, when it has handled its mailbox.
//
// Spawn fails if the name is taken or reserved for the server, if the producer panics, and after Shutdown. The
// producer runs on the caller's goroutine: it must not wait for the actor that calls Spawn.
func (s *Server) Spawn(name string, props *actor.Props) (*actor.PID, error) {
	s.check("Spawn")
	checkProps(fmt.Sprintf("Spawn %q", name), props)
	if name == "" || name == "router" || name == "nobody" || name == "listener" || strings.Contains(name, "$") {
		return nil, fmt.Errorf("actors: Spawn: an actor cannot have the name %q", name)
	}
	if s.isClosed() {
		return nil, ErrServerClosed
	}
	pid, err := s.env.spawnOwn(serverName+"/"+escapeName(name), props)
	if err != nil {
		return nil, fmt.Errorf("actors: Spawn %q: %w", name, err)
	}
	s.env.ownActors.add(pid, s.env.system)
	if s.isClosed() { // since, and perhaps without it
		s.env.system.Root.Stop(pid)
		return nil, ErrServerClosed
	}
	return pid, nil
}

func (s *Server) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// stopOwnActors stops the actors of Spawn of a server that never served, and waits for their end.
func (env *env) stopOwnActors(ctx context.Context) error {
	var ends []*actor.Future
	for _, own := range env.ownActors.list() { // all at once: they may take long
		if process, there := env.system.ProcessRegistry.GetLocal(own.Id); there {
			end := actor.NewFuture(env.system, -1)
			process.SendSystemMessage(own, &actor.Watch{Watcher: end.PID()})
			env.system.Root.Poison(own)
			ends = append(ends, end)
		}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for _, end := range ends {
			end.Wait()
		}
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
	}
	unfinished := &UnfinishedError{Actors: env.unfinished(), cause: context.Cause(ctx), of: ctx.Err()}
	for _, own := range env.ownActors.list() {
		env.system.Root.Stop(own)
	}
	select {
	case <-ended:
	case <-time.After(stopTimeout):
	}
	return unfinished
}

func (env *env) spawnOwn(id string, props *actor.Props) (pid *actor.PID, err error) {
	if _, taken := env.system.ProcessRegistry.GetLocal(id); taken {
		return nil, actor.ErrNameExists // the producer must not run
	}
	returned := false
	defer func() {
		if reason := recover(); reason != nil || !returned {
			pid, err = nil, errors.New("its producer failed: "+describe(reason))
		}
	}()
	made := env.handlerProps(props, func() *mailbox { return env.ownMailbox(restartsForEver) })
	root := env.system.Root.WithGuardian(env.strategy)
	pid, err = env.birth(id, func() (*actor.PID, error) { return root.SpawnNamed(made, id) })
	returned = true
	return pid, err
}

// ownActors are the actors of Server.Spawn.
type ownActors struct {
	mu    sync.Mutex
	all   []*actor.PID
	prune int // when all exceeds this, stopped actors are removed
}

func (o *ownActors) add(pid *actor.PID, system *actor.ActorSystem) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.all = append(o.all, pid); len(o.all) > o.prune {
		o.all = slices.DeleteFunc(o.all, func(pid *actor.PID) bool {
			_, lives := system.ProcessRegistry.GetLocal(pid.Id)
			return !lives
		})
		o.prune = max(2*len(o.all), 16)
	}
}

func (o *ownActors) list() []*actor.PID {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.all)
}
