package actors

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A place is the seat of one actor of a handler: never of two at a time. It belongs to the router, but for its line and
// its use.
type place struct {
	of   *handler
	name string // of its actors
	key  string // of PerKey
	tenancy
	line    *queue // of requests for this actor
	trouble trouble
	use     use
	placeLinks

	router   *actor.PID // whose child the actor is
	member   membership // of Func and PerRequest
	presence *presence  // of Pool and One
}

// A tenancy is what a place has of its actor.
type tenancy struct {
	life    placeLife
	pid     *actor.PID // of the actor, or of its birth, which it then stands for alone, even if another actor has the name
	died    bool       // an actor of that name has stopped before the router knew of its birth
	waiting []*Request // for the actor that comes next
}

// A placeLife is what a place has.
type placeLife uint8

const (
	vacant   placeLife = iota // no actor, and none is about to come
	expected                  // an actor that is being made
	occupied                  // an actor
	leaving                   // an actor that was told to stop
	quitting                  // an actor that stops by itself
	unseated                  // no actor, before another one has made room
)

func (h *handler) newPlace(name string) *place {
	at := &place{of: h, name: name, line: &queue{}}
	h.setUp(at.line)
	return at
}

// isAwaited reports whether a request waits for the next actor, and somebody for that.
func (p *place) isAwaited() bool {
	return slices.ContainsFunc(p.waiting, func(r *Request) bool { return !r.progress.over.Load() })
}

// isIdle reports whether no exchange needs the actor, and it is at none that is over.
func (p *place) isIdle() bool {
	return p.life != expected && p.use.open.Load() == 0 && p.line.busySince.Load() == 0 && p.line.length() == 0
}

// A loss is why a place has no actor any more.
type loss struct {
	crash *crash // there is none, because of that; else nil
	told  bool   // it was told to stop
}

// pause is how long the place stays empty. An actor that stops itself now and then, perhaps because its game is over, makes
// no pause.
func (l loss) pause(p *place) time.Duration {
	switch {
	case l.crash != nil:
		return max(pauseAfter(p.trouble.ends.add()), firstPause)
	case l.told:
		return 0
	}
	return pauseAfter(p.trouble.ends.add())
}

// A trouble is what a place knows about the failures of its actors.
type trouble struct {
	ends  failures  // how often there was none, or it stopped
	until time.Time // when an actor that keeps failing comes back; zero unless it pauses
}

// A use counts the exchanges for which a place is needed. Connections count down.
type use struct {
	open  atomic.Int32
	last  atomic.Int64  // the instant at which an exchange ended
	idled *atomic.Int64 // how often a place of the handler became idle; or nil
	over  *placeUnused  // is sent to the router when the place becomes idle; or nil
}

// pauses reports whether the actor waits to be made again, or restarted.
func (t *trouble) pauses() bool { return !t.until.IsZero() && time.Now().Before(t.until) }

// rest is how much of the pause is left; 0 if there is none.
func (t *trouble) rest() time.Duration {
	if t.until.IsZero() {
		return 0
	}
	return max(time.Until(t.until), 0)
}

// needed has the place be in use until the exchange of the request is over. A request that is routed again stays with
// its first place. It is to be called while the router looks at the request.
func (p *place) needed(by *Request) {
	if by.place.Load() == nil {
		by.place.Store(p)
		p.use.open.Add(1)
	}
}

// leave notes that an exchange is over.
func (u *use) leave(env *env) {
	u.last.Store(env.clock())
	if u.open.Add(-1) > 0 {
		return
	}
	if u.idled != nil {
		u.idled.Add(1)
	}
	if u.over != nil {
		env.system.Root.Send(u.over.router, u.over)
	}
}

// spawn has an actor be made for a place that has none.
func (r *router) spawn(ctx actor.Context, p *place) {
	if p.life != vacant || r.stopping {
		return
	}
	p.trouble.until, r.bears = time.Time{}, p
	if p.router == nil {
		p.router = ctx.Self()
	}
	unborn, err := ctx.SpawnNamed(p.of.props, p.name) // see bearing: it does not fail
	if err != nil {
		panic(err)
	}
	p.life, p.pid = expected, unborn
	r.places[unborn.Id] = p
}

// spawnLater has an actor be made after a pause, which grows while the place keeps losing its actor.
func (r *router) spawnLater(ctx actor.Context, p *place) (pause time.Duration) {
	if r.stopping {
		return 0
	}
	pause = r.troubled(&p.trouble)
	self, system := ctx.Self(), r.env.system
	time.AfterFunc(pause, func() { system.Root.Send(self, &respawnDue{p}) })
	return pause
}

// troubled has a place pause that has lost its actor, or has got none.
func (r *router) troubled(t *trouble) (pause time.Duration) {
	pause = max(pauseAfter(t.ends.add()), firstPause)
	t.until = time.Now().Add(pause)
	return pause
}

// pass has a request join the line of a place, and go to its actor or wait for it; or has it refused at once.
func (r *router) pass(ctx actor.Context, request *Request, p *place) {
	if !r.join(ctx, request, p.line) {
		return
	}
	p.needed(request)
	if p.life != occupied {
		p.waiting = append(p.waiting, request)
		request.leaveRouting()
		return
	}
	r.forward(ctx, request, p.pid)
}

// join has a request join a line; or has it refused at once, and is false.
func (r *router) join(ctx actor.Context, request *Request, line *queue) bool {
	if request.isVital() || request.isTaken() {
		return true
	}
	full := line.join(request, &request.progress.routed, r.env.clock)
	if full == nil {
		return true
	}
	line.noteRefusal(r.env, request, full)
	r.answer(ctx, request, full)
	return false
}

// refuse answers that a place has no actor at the moment.
func (r *router) refuse(ctx actor.Context, request *Request, p *place) {
	r.answer(ctx, request, &handlerStopped{exchange: request.exchange, retry: p.trouble.rest()})
}

// release passes on what has waited for the actor.
func (r *router) release(ctx actor.Context, p *place) {
	waiting := p.waiting
	p.waiting = nil
	for _, request := range waiting {
		ctx.Send(p.pid, &request.envelope)
	}
}

// refuseWaiting answers what has waited for an actor that does not come.
func (p *place) refuseWaiting(env *env, retry time.Duration) {
	waiting := p.waiting
	p.waiting = nil
	for _, request := range waiting {
		env.refuse(request, nil, retry)
	}
}

// pause has a place whose actor keeps crashing answer 503 until that is restarted: the requests that wait after the
// crash, and those that come meanwhile.
func (r *router) pause(who *actor.PID, pause time.Duration) {
	p := r.places[who.Id]
	if p == nil {
		return
	}
	p.trouble.until = time.Now().Add(pause)
	if process, alive := r.env.system.ProcessRegistry.GetLocal(who.Id); alive {
		process.SendSystemMessage(who, &refuseQueued{pause})
	}
}

// terminated has a placement deal with a place whose actor has stopped. It may be told twice.
func (r *router) terminated(ctx actor.Context, who *actor.PID) {
	p := r.places[who.Id]
	switch {
	case p == nil:
		return
	case p.life == expected:
		p.died = true
		return
	}
	if _, alive := r.env.system.ProcessRegistry.GetLocal(who.Id); alive {
		return // it is the next one
	}
	told := p.life == leaving
	r.vacate(p)
	if !r.stopping {
		p.of.placement.ended(r, ctx, p, loss{told: told})
	}
}

// vacate notes that a place has no actor.
func (r *router) vacate(p *place) {
	delete(r.places, p.pid.Id)
	p.life, p.pid, p.died, p.trouble.until = vacant, nil, false, time.Time{}
}

// lookAfter has a handler looked at after a while.
func (r *router) lookAfter(ctx actor.Context, who *handler, pause time.Duration) {
	self, system := ctx.Self(), r.env.system
	time.AfterFunc(pause, func() { system.Root.Send(self, &lookDue{who}) })
}
