package actors

import (
	"strings"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// keyed is the placement of PerKey. It has a place for each key that has an actor, or requests that wait for one.
//
// A place without an open exchange is idle. Its actor is told to stop after a while, or when another key needs its
// seat. Requests for its key then wait in the place until the actor has stopped, and go to its successor.
type keyed struct {
	of      *handler
	router  *actor.PID    // its owner
	limit   int           // seats
	idle    time.Duration // after which an actor is stopped; below 0 for never
	places  map[string]*place
	seated  int          // places that have a seat
	used    placeList    // seated places whose actors are not stopping, the last used at the end
	short   []*place     // places that wait for a seat, in order
	idled   atomic.Int64 // how often any place became idle
	noneAt  int64        // value of idled when no place was idle
	looking bool         // a look is scheduled
}

const (
	keyedActors  = 10_000
	keyIdleAfter = 5 * time.Minute
	longestKey   = 512 // octets: clients must not choose names of any length
	mostStops    = 256 // actors stopped in one turn of the router
)

func newKeyed(of *handler) *keyed {
	return &keyed{of: of, limit: of.maxActors(keyedActors), idle: of.idleAfter(keyIdleAfter), places: make(map[string]*place), noneAt: -1}
}

// Key returns the key of an actor of [PerKey]: the value of its path parameter, percent-decoded. It is "" for other
// actors. The actor may call it from Started on.
func Key(ctx actor.Context) string {
	process, _ := ctx.ActorSystem().ProcessRegistry.GetLocal(ctx.Self().Id)
	m := mailboxIn(process)
	if own, ok := ctx.(*handlerContext); ok && m == nil { // it has no name any more when it handles Stopped
		m, _ = own.env.endingMailbox(ctx.Self())
	}
	if m == nil || m.place == nil {
		return ""
	}
	return m.place.key
}

func (k *keyed) begin(r *router, ctx actor.Context) {
	if k.router != ctx.Self() {
		k.end(r)
		k.router = ctx.Self()
	}
}

func (k *keyed) place(r *router, ctx actor.Context, request *Request) {
	key := request.Param(k.of.spec.key)
	at := k.places[key]
	switch {
	case at == nil && len(key) > longestKey:
		r.answer(ctx, request, request.failure(414, "A part of the path is too long."))
		return
	case at == nil && !k.hasSeat():
		r.answer(ctx, request, &queueFull{exchange: request.exchange, what: allInUse})
		return
	case at == nil:
		at = k.add(strings.Clone(key)) // a copy, so that the target can be freed
		k.seat(r, ctx, at)
	case at.trouble.pauses():
		r.refuse(ctx, request, at)
		return
	case at.life == vacant:
		r.spawn(ctx, at)
	}
	if at.life == expected || at.life == occupied { // not about to lose its actor
		k.touch(r, ctx, at, request.sent)
	}
	r.pass(ctx, request, at)
}

// add makes a place for a key.
func (k *keyed) add(key string) *place {
	at := k.of.newPlace(escapeName(k.of.name) + "/" + escapeName(key))
	at.key, at.life, at.use.idled = key, unseated, &k.idled
	k.places[key] = at
	return at
}

func (k *keyed) born(r *router, ctx actor.Context, at *place) { r.release(ctx, at) }

func (k *keyed) ended(r *router, ctx actor.Context, at *place, why loss) {
	k.used.remove(at)
	pause := why.pause(at)
	switch {
	case pause > 0:
		at.trouble.until = time.Now().Add(pause)
		if why.crash != nil {
			r.notBorn(ctx, at, why.crash, pause)
		}
		at.refuseWaiting(r.env, pause)
		k.touch(r, ctx, at, r.env.clock()) // so that it is forgotten when it has been idle
	case at.isAwaited() && len(k.short) > 0:
		k.yield(r, ctx, at)
	case at.isAwaited():
		r.spawn(ctx, at)
		k.touch(r, ctx, at, r.env.clock())
	case !why.told && why.idle: // another request may be on its way back to it: how often it has failed must be known
		k.touch(r, ctx, at, r.env.clock())
	default:
		k.forget(at)
	}
	k.seatNext(r, ctx)
}

// returned lets a request that a stopping actor gives back wait for the successor of that actor.
func (k *keyed) returned(r *router, ctx actor.Context, message *returned) {
	at := message.place
	quits := message.by == at.line.owner.Load() // and not an actor before it, which had the same name
	if message.by == nil {
		quits = at.pid != nil && !r.env.hasActor(at.pid)
	}
	if at.life == occupied && quits {
		k.used.remove(at)
		at.life = quitting
	}
	if !message.request.enterRouting() {
		message.request.leaveLine() // its exchange is over
		return
	}
	k.place(r, ctx, message.request)
}

// touch notes that a place was used, and schedules a look for when it may have been idle for long.
func (k *keyed) touch(r *router, ctx actor.Context, at *place, now instant) {
	k.used.touch(at, now)
	k.lookLater(r, ctx)
}

func (k *keyed) lookLater(r *router, ctx actor.Context) {
	if k.looking || k.idle < 0 || k.used.first == nil {
		return
	}
	k.looking = true
	r.lookAfter(ctx, k.of, time.Duration(k.used.first.touched-r.env.clock())+k.due())
}

// due is how long after its last request a place is looked at. It is somewhat longer than the idle time, because the
// exchange takes a while. The sum may overflow.
func (k *keyed) due() time.Duration { return max(k.idle+k.idle/16, k.idle) }

// look stops actors that have been idle for long, at most mostStops per turn, so that requests get their turns.
func (k *keyed) look(r *router, ctx actor.Context) {
	k.looking = false
	now := r.env.clock()
	for range mostStops {
		at := k.used.first
		if at == nil || now-at.touched < int64(k.due()) {
			break
		}
		switch last := at.use.last.Load(); {
		case !at.isIdle():
			k.used.touch(at, now)
		case now-last < int64(k.idle):
			k.used.touch(at, last)
		default:
			k.leave(ctx, at)
		}
	}
	k.lookLater(r, ctx)
}

func (k *keyed) retire(_ *router, ctx actor.Context) (done bool) {
	for _, at := range k.places {
		if at.life == vacant || at.life == occupied && at.isIdle() {
			k.leave(ctx, at)
		}
	}
	return len(k.places) == 0
}

func (k *keyed) end(r *router) {
	for _, at := range k.places {
		at.refuseWaiting(r.env, 0)
	}
	fresh := newKeyed(k.of)
	k.places, k.seated, k.used, k.short, k.looking, k.noneAt = fresh.places, 0, placeList{}, nil, false, -1
}
