package actors

import (
	"log/slog"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// The birth of a handler runs code that is not ours: its producer. It has a goroutine of its own, so that a
// slow one holds up no route but its own.

// A seat is the place of a route's handler. It belongs to the router.
type seat struct {
	handler   *actor.PID // nil while there is none
	bearing   bool       // it is about to be born
	stillborn bool       // it has stopped before the router knew of its birth
	expecting []*Request // that wait for its birth
	restartAt time.Time  // when a handler that keeps crashing comes back; zero unless it pauses
	ends      failures   // how often it could not be spawned, or stopped
}

// pauses reports whether the handler waits to be restarted.
func (s *seat) pauses() bool {
	return !s.restartAt.IsZero() && time.Now().Before(s.restartAt)
}

// spawn has the handler of a route be born, unless it has one.
func (r *router) spawn(ctx actor.Context, route *route) {
	seat := &route.seat
	if seat.handler != nil || seat.bearing || r.stopping {
		return
	}
	seat.bearing, seat.restartAt = true, time.Time{}
	pid, err := ctx.SpawnNamed(r.env.routeProps(route), escapeName(route.pattern.text)) // see bearing: it does not fail
	if err != nil {
		panic(err)
	}
	r.handlers[pid.Id] = route
}

// bearing has the children of the router be made by goroutines. The router has the PID at once, and is told when
// the actor is there.
func (env *environment) bearing(next actor.SpawnFunc) actor.SpawnFunc {
	return func(system *actor.ActorSystem, id string, props *actor.Props, parent actor.SpawnerContext) (*actor.PID, error) {
		router := parent.Self()
		go env.bear(router, system.NewLocalPID(id), func() error {
			_, err := next(system, id, props, parent)
			return err
		})
		return system.NewLocalPID(id), nil
	}
}

// bear makes an actor, and tells the router, whatever becomes of it.
func (env *environment) bear(router, pid *actor.PID, make func() error) {
	born := &HandlerBorn{handler: pid, crash: &crash{text: errGoexit.Error()}}
	env.births.Store(pid.Id, nil)
	defer func() {
		env.births.Delete(pid.Id)
		env.system.Root.Send(router, born)
	}()
	defer func() {
		if reason := recover(); reason != nil {
			born.crash.takeStack()
			born.crash.text = describe(reason)
		}
	}()
	_, err := env.birth(pid.Id, func() (*actor.PID, error) { return pid, make() })
	if err != nil {
		born.crash.text = describe(err)
		return
	}
	born.crash = nil
}

// born passes on to a handler what has waited for it, or tries again later if there is none.
func (r *router) born(ctx actor.Context, message *HandlerBorn) {
	pid := message.handler
	route := r.handlers[pid.Id]
	if message.crash != nil { // the router has a child too many, which never says that it has stopped
		process, _ := r.env.system.ProcessRegistry.GetLocal(ctx.Self().Id)
		process.SendSystemMessage(ctx.Self(), &actor.Terminated{Who: pid})
	}
	if route == nil || !route.seat.bearing {
		return
	}
	seat := &route.seat
	seat.bearing = false
	expecting := seat.expecting
	seat.expecting = nil
	if message.crash != nil {
		delete(r.handlers, pid.Id)
		r.notBorn(ctx, route, message.crash, expecting)
		return
	}
	r.env.log.info(pid, "route", slog.String("pattern", route.pattern.text))
	seat.handler = pid
	switch {
	case seat.stillborn:
		seat.stillborn = false
		r.terminated(ctx, pid)
	case r.stopping:
		ctx.Stop(pid)
	}
	for _, request := range expecting {
		ctx.Send(pid, &request.envelope)
	}
}

// notBorn answers for a handler that could not be made, and tries again later.
func (r *router) notBorn(ctx actor.Context, route *route, why *crash, expecting []*Request) {
	pause := r.respawnLater(ctx, route)
	why.verdict = verdict{decision: "spawn again", pause: pause}
	r.env.log.notBorn(ctx.Self(), route, why)
	for _, request := range expecting {
		r.env.refuse(request, nil, pause)
	}
}

// respawnLater has the handler of a route be born after a pause, which grows while it keeps ending.
func (r *router) respawnLater(ctx actor.Context, route *route) (pause time.Duration) {
	if r.stopping {
		return 0
	}
	pause = max(pauseAfter(route.seat.ends.add()), firstPause)
	route.seat.restartAt = time.Now().Add(pause)
	self, system := ctx.Self(), r.env.system
	time.AfterFunc(pause, func() { system.Root.Send(self, &RespawnDue{route}) })
	return pause
}
