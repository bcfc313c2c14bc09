package actors

import (
	"log/slog"
	"strconv"

	"github.com/asynkron/protoactor-go/actor"
)

// serverName is the name of the server actor, and so the first segment of every path.
const serverName = "server"

// server is the root of the supervision tree.
// Parent: none. Children: the router, and a listener for each call of Serve.
// Sends: Drain. Understands: Listen, Drain.
// Crash: resumed by its guardian; so are its children by itself.
type server struct {
	env       *environment
	done      chan struct{}
	router    *actor.PID
	listeners map[string]bool // by id
	spawned   int
	draining  bool
}

func newServerProps(env *environment, done chan struct{}) *actor.Props {
	return env.props(func() actor.Actor {
		return &server{env: env, done: done, listeners: make(map[string]bool)}
	}, env.resuming())
}

func (s *server) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actor.Started:
		s.start(ctx)
	case *Listen:
		s.listen(ctx, message.listening)
	case *Drain:
		s.drain(ctx)
	case *actor.Terminated:
		s.terminated(ctx, message.Who)
	case *actor.Stopped:
		s.env.rejections.log(s.env.log, ctx.Self())
		s.env.log.info(ctx.Self(), "stopped")
		close(s.done)
	}
}

func (s *server) start(ctx actor.Context) {
	s.env.log.info(ctx.Self(), "starting", slog.Int("routes", len(s.env.routes.routes)))
	router, err := ctx.SpawnNamed(newRouterProps(s.env), "router")
	if err != nil {
		panic(err) // the name is free
	}
	s.router = router
}

// listen spawns a listener; it comes after the router in the order of messages.
func (s *server) listen(ctx actor.Context, on *listening) {
	name := "listener"
	if s.spawned++; s.spawned > 1 {
		name += "$" + strconv.Itoa(s.spawned)
	}
	if s.draining {
		on.Close()
		close(on.ended)
		return
	}
	pid, err := ctx.SpawnNamed(newListenerProps(s.env, s.router, on), name)
	if err != nil {
		panic(err)
	}
	s.listeners[pid.Id] = true
}

// drain goes down the tree in order: listeners with their connections, then the router with its
// handlers, then the server itself.
func (s *server) drain(ctx actor.Context) {
	if s.draining {
		return
	}
	s.draining = true
	s.env.log.info(ctx.Self(), "draining", slog.Int("listeners", len(s.listeners)))
	for _, child := range ctx.Children() {
		if s.listeners[child.Id] {
			ctx.Send(child, drain)
		}
	}
	s.stopRouter(ctx)
}

func (s *server) terminated(ctx actor.Context, who *actor.PID) {
	if s.router.Equal(who) {
		if s.draining {
			ctx.Stop(ctx.Self())
		}
		return
	}
	delete(s.listeners, who.Id)
	s.env.log.info(who, "stopped listening")
	if s.draining {
		s.stopRouter(ctx)
	}
}

func (s *server) stopRouter(ctx actor.Context) {
	if len(s.listeners) == 0 {
		s.env.log.info(s.router, "stopping")
		ctx.Stop(s.router)
	}
}
