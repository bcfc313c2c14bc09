package actors

import (
	"errors"
	"log/slog"
	"strconv"

	"github.com/asynkron/protoactor-go/actor"
)

const (
	serverName = "server" // of the server actor: the first segment of every path
	routerName = serverName + "/router"
)

// server is the root of the supervision tree.
// Parent: none. Children: the router, and a listener for each call of Serve.
// Sends: drain, hasten. Understands: listen, drain, drainDue, callsEnded, hasten, resumed.
// Crash: resumed by its guardian; so are its children by itself. A child that is stopped is made again.
type server struct {
	env       *env
	done      chan struct{}
	router    *actor.PID
	listeners map[string]*listening // the live ones, by the id of the listener actor
	spawned   int                   // number of listeners so far
	own       map[string]bool       // stopping actors of Server.Spawn, by id
	draining  bool
	stopping  bool
}

func newServerProps(env *env, done chan struct{}) *actor.Props {
	return env.props(func() actor.Actor {
		return &server{env: env, done: done, listeners: make(map[string]*listening)}
	}, env.strategy, resumes)
}

func (s *server) Receive(ctx actor.Context) { s.env.guardEnd(ctx, &s.stopping, s.receive) }

func (s *server) receive(ctx actor.Context, message any) {
	switch message := message.(type) {
	case *actor.Started:
		s.env.log.info(ctx.Self(), "starting", slog.Int("routes", len(s.env.routes().Entries())))
		s.env.state.CompareAndSwap(stateNew, stateReady)
		s.spawnRouter(ctx)
	case *listen:
		s.listen(ctx, message.listening)
	case *drain:
		s.leave(ctx)
	case *drainDue:
		s.drain(ctx)
	case *callsEnded:
		s.stopRouter(ctx)
	case *hasten:
		s.pass(ctx, message)
		s.env.calls.pass(&hasten{})
	case *resumed:
		s.env.strategy.again(ctx, message, s.receive)
	case *actor.Terminated:
		s.terminated(ctx, message.Who)
	case *actor.Stopping:
		s.env.state.Store(stateDraining)
		s.stopListening()
		for _, own := range s.env.ownActors.list() { // they have stopped already, unless time ran out
			ctx.ActorSystem().Root.Stop(own)
		}
	case *actor.Stopped:
		defer close(s.done)
		s.env.unhear()
		s.stopListening()
		s.env.rejections.log(s.env.log, ctx.Self())
		s.env.crashes.close()
		s.env.log.repeats.close()
		s.env.log.info(ctx.Self(), "stopped", s.env.totals()...)
	}
}

// stopListening closes all listening sockets, and ends the calls of Serve.
func (s *server) stopListening() {
	for _, on := range s.listeners {
		on.finish(nil)
	}
}

func (s *server) spawnRouter(ctx actor.Context) {
	router, err := ctx.SpawnNamed(newRouterProps(s.env), "router")
	if err != nil && !errors.Is(err, actor.ErrNameExists) { // it may exist after a crash
		panic(err)
	}
	s.router = router
}

// listen spawns a listener. The router exists by then: its message comes first.
func (s *server) listen(ctx actor.Context, on *listening) {
	if s.draining {
		on.finish(nil)
		return
	}
	if on.name == "" {
		on.name = "listener"
		if s.spawned++; s.spawned > 1 {
			on.name += "$" + strconv.Itoa(s.spawned)
		}
	}
	pid, err := ctx.SpawnNamed(newListenerProps(s.env, s.router, on), on.name)
	if err != nil && !errors.Is(err, actor.ErrNameExists) {
		panic(err)
	}
	s.listeners[pid.Id] = on
}

// leave makes the server not ready, and drains it after Config.DrainDelay.
func (s *server) leave(ctx actor.Context) {
	s.env.state.CompareAndSwap(stateReady, stateLeaving)
	delay := s.env.config.DrainDelay
	if delay <= 0 {
		s.drain(ctx)
		return
	}
	s.env.log.info(ctx.Self(), "not ready any more", slog.Duration("pause", delay))
	s.env.sendLater(delay, ctx.Self(), &drainDue{})
}

// drain drains the tree in order: listeners with their connections, then the router with its handlers, then the
// server itself.
func (s *server) drain(ctx actor.Context) {
	if !s.draining {
		s.env.log.info(ctx.Self(), "draining", slog.Int("listeners", len(s.listeners)))
	}
	s.draining = true
	s.env.state.Store(stateDraining)
	s.pass(ctx, &drain{})
	s.env.calls.pass(&drain{})
	s.stopRouter(ctx)
}

// pass passes a command on to the listeners.
func (s *server) pass(ctx actor.Context, command any) {
	for id := range s.listeners {
		ctx.Send(ctx.ActorSystem().NewLocalPID(id), command)
	}
}

// terminated goes on with the drain when a child has stopped. A child that stopped without being told is made again.
func (s *server) terminated(ctx actor.Context, who *actor.PID) {
	on := s.listeners[who.Id]
	switch {
	case s.stopping:
	case s.own[who.Id]:
		delete(s.own, who.Id)
		if len(s.own) == 0 {
			ctx.Stop(ctx.Self())
		}
	case s.router.Equal(who):
		if s.draining && len(s.listeners) == 0 {
			s.stopOwn(ctx)
			return
		}
		s.env.log.warn(who, "stopped, and is made anew")
		s.spawnRouter(ctx)
	case on == nil:
	case on.over():
		s.env.log.info(who, "stopped listening")
		delete(s.listeners, who.Id)
		if s.draining {
			s.stopRouter(ctx)
		}
	case s.draining:
		on.finish(nil)
		delete(s.listeners, who.Id)
		s.stopRouter(ctx)
	default:
		s.env.log.warn(who, "stopped, and is made anew")
		s.listen(ctx, on)
	}
}

// stopOwn stops the actors of Server.Spawn, now that no handler needs them, and then the server.
func (s *server) stopOwn(ctx actor.Context) {
	own := s.env.ownActors.list()
	if len(own) == 0 {
		ctx.Stop(ctx.Self())
		return
	}
	s.own = make(map[string]bool)
	for _, pid := range own {
		s.own[pid.Id] = true
		ctx.Watch(pid)
		ctx.Poison(pid)
	}
}

// stopRouter stops the router when no listener or call is left that could send it requests.
func (s *server) stopRouter(ctx actor.Context) {
	if s.draining && len(s.listeners) == 0 && s.env.calls.number() == 0 {
		s.env.log.info(s.router, "stopping")
		ctx.Stop(s.router)
	}
}
