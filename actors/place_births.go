package actors

import (
	"log/slog"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// The birth of an actor runs foreign code: its producer. It has its own goroutine, so that a slow producer delays
// only its own place.

// bearing makes goroutines make the children of the router. The router gets a PID at once, and a handlerBorn when the
// actor exists.
func (env *env) bearing(next actor.SpawnFunc) actor.SpawnFunc {
	return func(system *actor.ActorSystem, id string, props *actor.Props, parent actor.SpawnerContext) (*actor.PID, error) {
		born := &handlerBorn{router: parent.Self(), unborn: system.NewLocalPID(id)}
		of := parent.(actor.Context).Actor().(*router).bears
		go env.bear(born, of, func() (*actor.PID, error) { return next(system, id, props, parent) })
		return born.unborn, nil
	}
}

// bear makes an actor, and tells the router whether it succeeded or not.
func (env *env) bear(born *handlerBorn, of *place, make func() (*actor.PID, error)) {
	id := born.unborn.Id
	why := &crash{text: errGoexit.Error()}
	if _, goesOn := env.births.LoadOrStore(id, of); goesOn { // a birth of the previous router: one of the two would take the other's name
		born.crash = &crash{text: actor.ErrNameExists.Error()}
		env.system.Root.Send(born.router, born)
		return
	}
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

// born notes that a place has its actor, or that the actor could not be made. It may be called twice.
func (r *router) born(ctx actor.Context, message *handlerBorn) {
	p := r.places[message.unborn.Id]
	if p == nil || p.life != expected || p.pid != message.unborn {
		r.abandon(message, p)
		return
	}
	if message.crash != nil { // the router must drop a child that will never report its end
		r.vacate(p)
		process, _ := r.env.system.ProcessRegistry.GetLocal(ctx.Self().Id)
		process.SendSystemMessage(ctx.Self(), &actor.Terminated{Who: message.unborn})
		p.of.placement.ended(r, ctx, p, loss{crash: message.crash})
		return
	}
	died := p.died
	p.life, p.pid, p.died = occupied, message.handler, false
	p.of.placement.born(r, ctx, p)
	switch {
	case died:
		r.terminated(ctx, p.pid)
	case r.stopping:
		ctx.Stop(p.pid)
	}
}

// abandon stops an actor that was made for the previous router, because the place needs its name.
func (r *router) abandon(message *handlerBorn, p *place) {
	if message.handler != nil && (p == nil || p.life != occupied) {
		r.env.system.Root.Stop(message.handler)
	}
}

// notBorn logs that an actor could not be made.
func (r *router) notBorn(ctx actor.Context, p *place, why *crash, pause time.Duration) {
	why.verdict = verdict{decision: "spawn again", pause: pause}
	if kind := "not born " + p.of.name; r.env.crashes.count(slog.LevelError, crashed, kind) {
		r.env.log.notBorn(ctx.Self(), p, why)
	} else {
		r.env.crashes.note(crashed, kind, ctx.Self(), p.of.name+": "+why.text)
	}
}
