package actors

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A place is the seat of one actor of a handler, never of two at a time. It belongs to the router, except for its
// line and its use.
type place struct {
	of   *handler
	name string // of its actors
	key  string // of PerKey
	tenancy
	line    *queue // of requests for this actor
	trouble trouble
	use     use
	placeLinks

	router   *actor.PID // the parent of the actor
	member   membership // of Func and PerRequest
	presence *presence  // of Pool and One
}

// A tenancy is the state of the actor in a place.
type tenancy struct {
	life    placeLife
	pid     *actor.PID // of the actor, or of its birth; the latter PID is compared by pointer, since another actor may have the name
	died    bool       // an actor with that name stopped before the router knew of its birth
	waiting []*Request // for the next actor
}

// A placeLife says whether a place has an actor.
type placeLife uint8

const (
	vacant   placeLife = iota // no actor, and none is expected
	expected                  // an actor that is being made
	occupied                  // an actor
	leaving                   // an actor that was told to stop
	quitting                  // an actor that stops on its own
	unseated                  // no actor yet: another one must make room first
)

func (h *handler) newPlace(name string) *place {
	at := &place{of: h, name: name, line: &queue{}}
	h.setUp(at.line)
	return at
}

// isAwaited reports whether a request waits for the next actor, and its exchange is not over.
func (p *place) isAwaited() bool {
	return slices.ContainsFunc(p.waiting, func(r *Request) bool { return !r.progress.over.Load() })
}

// isIdle reports whether no exchange needs the actor, and the actor works on no request.
func (p *place) isIdle() bool {
	return p.life != expected && p.use.open.Load() == 0 && p.line.busySince.Load() == 0 && p.line.length() == 0
}

// hasServed reports whether the present or last actor of the place has begun a request.
func (p *place) hasServed() bool {
	m := p.line.owner.Load()
	return m != nil && m.custody.served.Load()
}

// A loss is why a place has lost its actor.
type loss struct {
	crash *crash // the actor could not be made, for this reason; else nil
	told  bool   // the actor was told to stop
	idle  bool   // it has not begun a single request
}

// pause is how long the place stays empty. An actor that stops itself after it has served, perhaps because its game is
// over, causes no pause.
func (l loss) pause(p *place) time.Duration {
	switch {
	case l.crash != nil:
		return max(pauseAfter(p.trouble.ends.add()), firstPause)
	case l.told, !l.idle:
		return 0
	}
	return pauseAfter(p.trouble.ends.add())
}

// A trouble is what a place knows about the failures of its actors.
type trouble struct {
	ends  failures  // how often the actor could not be made, or stopped
	until time.Time // when a repeatedly failing actor comes back; zero without a pause
}

// A use counts the exchanges that need a place. Connections count down.
type use struct {
	open  atomic.Int32
	last  atomic.Int64  // the instant when an exchange ended
	idled *atomic.Int64 // how often places of the handler became idle; or nil
	over  *placeUnused  // sent to the router when the place becomes idle; or nil
}

// pauses reports whether the actor waits to be made or restarted.
func (t *trouble) pauses() bool { return !t.until.IsZero() && time.Now().Before(t.until) }

// rest is the remaining pause; 0 if there is none.
func (t *trouble) rest() time.Duration {
	if t.until.IsZero() {
		return 0
	}
	return max(time.Until(t.until), 0)
}

// needed marks the place as in use until the exchange of the request is over, instead of the place that it was routed
// to before. Call it while the router has the request.
func (p *place) needed(by *Request) {
	before := by.place.Load()
	if before == p {
		return
	}
	by.place.Store(p)
	p.use.open.Add(1)
	if before != nil {
		before.use.leave(p.of.env)
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

// spawn makes an actor for a place that has none.
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

// spawnLater makes an actor after a pause, which grows while the place keeps losing its actor.
func (r *router) spawnLater(ctx actor.Context, p *place) (pause time.Duration) {
	if r.stopping {
		return 0
	}
	pause = r.troubled(&p.trouble)
	r.env.sendLater(pause, ctx.Self(), &respawnDue{p})
	return pause
}

// troubled begins the pause of a place that has lost its actor, or got none.
func (r *router) troubled(t *trouble) (pause time.Duration) {
	pause = max(pauseAfter(t.ends.add()), firstPause)
	t.until = time.Now().Add(pause)
	return pause
}

// pass lets a request join the line of a place and go to its actor, or wait for the actor. If it may not join, it is
// refused at once.
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

// join lets a request join a line. If the request may not, it is refused at once, and join returns false.
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

// release passes on the requests that have waited for the actor.
func (r *router) release(ctx actor.Context, p *place) {
	waiting := p.waiting
	p.waiting = nil
	for _, request := range waiting {
		ctx.Send(p.pid, &request.envelope)
	}
}

// refuseWaiting refuses the requests that have waited for an actor that does not come.
func (p *place) refuseWaiting(env *env, retry time.Duration) {
	waiting := p.waiting
	p.waiting = nil
	for _, request := range waiting {
		env.refuse(request, nil, retry)
	}
}

// pause lets a place whose actor keeps crashing answer 503 until the restart.
func (r *router) pause(who *actor.PID, pause time.Duration) {
	if p := r.places[who.Id]; p != nil {
		p.trouble.until = time.Now().Add(pause)
	}
}

// terminated tells a placement that the actor of a place has stopped. It may be called twice.
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
		return // the next actor has the name already
	}
	why := loss{told: p.life == leaving, idle: !p.hasServed()}
	r.vacate(p)
	if !r.stopping {
		p.of.placement.ended(r, ctx, p, why)
	}
}

// vacate notes that a place has no actor.
func (r *router) vacate(p *place) {
	if r.places[p.pid.Id] == p {
		delete(r.places, p.pid.Id)
	}
	p.life, p.pid, p.died, p.trouble.until = vacant, nil, false, time.Time{}
}

// lookAfter makes the router look at a handler after a while.
func (r *router) lookAfter(ctx actor.Context, who *handler, pause time.Duration) {
	r.env.sendLater(pause, ctx.Self(), &lookDue{who})
}
