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
	unborn    *actor.PID // that of a birth which is not over: it stands for that birth alone, whoever has the name
	ended     bool       // one has stopped before the router knew of its birth
	expecting []*Request // that wait for the birth
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
	if seat.handler != nil || seat.unborn != nil || r.stopping {
		return
	}
	seat.restartAt = time.Time{}
	unborn, err := ctx.SpawnNamed(r.env.routeProps(route), escapeName(route.pattern.text)) // see bearing: it does not fail
	if err != nil {
		panic(err)
	}
	seat.unborn = unborn
	r.handlers[unborn.Id] = route
}

// bearing has the children of the router be made by goroutines. The router has a PID at once, and is told when the
// actor is there.
func (env *environment) bearing(next actor.SpawnFunc) actor.SpawnFunc {
	return func(system *actor.ActorSystem, id string, props *actor.Props, parent actor.SpawnerContext) (*actor.PID, error) {
		born := &HandlerBorn{router: parent.Self(), unborn: system.NewLocalPID(id)}
		go env.bear(born, func() (*actor.PID, error) { return next(system, id, props, parent) })
		return born.unborn, nil
	}
}

// bear makes an actor, and tells the router, whatever becomes of it.
func (env *environment) bear(born *HandlerBorn, make func() (*actor.PID, error)) {
	id := born.unborn.Id
	why := &crash{text: errGoexit.Error()}
	env.births.Store(id, nil)
	defer func() {
		if born.handler == nil {
			born.crash = why
		}
		env.births.Delete(id)
		env.system.Root.Send(born.router, born)
	}()
	defer func() {
		if reason := recover(); reason != nil {
			why.takeStack()
			why.text = describe(reason)
		}
	}()
	handler, err := env.birth(id, make)
	if err != nil {
		why.text = describe(err)
		return
	}
	born.handler = handler
}

// born passes on to a handler what has waited for it, or tries again later if there is none. It may be told twice.
func (r *router) born(ctx actor.Context, message *HandlerBorn) {
	route := r.handlers[message.unborn.Id]
	if route == nil || route.seat.unborn != message.unborn {
		return
	}
	seat := &route.seat
	expecting, ended := seat.expecting, seat.ended
	seat.unborn, seat.expecting, seat.ended = nil, nil, false
	if message.crash != nil { // the router has a child too many, which never says that it has stopped
		delete(r.handlers, message.unborn.Id)
		process, _ := r.env.system.ProcessRegistry.GetLocal(ctx.Self().Id)
		process.SendSystemMessage(ctx.Self(), &actor.Terminated{Who: message.unborn})
		r.notBorn(ctx, route, message.crash, expecting)
		return
	}
	seat.handler = message.handler
	r.env.log.info(seat.handler, "route", slog.String("pattern", route.pattern.text))
	r.env.readiness.note(route, isKnown)
	if !hasProducer(route.props) { // the actor has props of its own, so nobody sees its Started
		r.env.readiness.note(route, hasStarted)
	}
	switch {
	case ended:
		r.terminated(ctx, seat.handler)
	case r.stopping:
		ctx.Stop(seat.handler)
	}
	for _, request := range expecting {
		ctx.Send(message.handler, &request.envelope)
	}
}

// notBorn answers for a handler that could not be made, and tries again later.
func (r *router) notBorn(ctx actor.Context, route *route, why *crash, expecting []*Request) {
	pause := r.respawnLater(ctx, route)
	why.verdict = verdict{decision: "spawn again", pause: pause}
	if kind := "not born " + route.pattern.text; r.env.crashes.count(slog.LevelError, crashed, kind) {
		r.env.log.notBorn(ctx.Self(), route, why)
	} else {
		r.env.crashes.note(crashed, kind, ctx.Self(), route.pattern.text+": "+why.text)
	}
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
