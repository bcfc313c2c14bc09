package actors

import (
	"log/slog"
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A pool is the placement of One and Pool: a fixed number of places, each with an actor from the beginning.
type pool struct {
	of     *handler
	places []*place
}

func newPool(of *handler, n int) *pool {
	p := &pool{of: of}
	for i := range n {
		name := escapeName(of.name)
		if n > 1 {
			name += "$" + strconv.Itoa(i+1)
		}
		at := of.newPlace(name)
		at.presence = &presence{of: of}
		p.places = append(p.places, at)
	}
	return p
}

func (p *pool) begin(r *router, ctx actor.Context) {
	for i, at := range p.places {
		if at.router != nil && at.router != ctx.Self() {
			p.renew(r, i)
		}
		r.spawn(ctx, p.places[i])
	}
}

// renew makes a place for the next router, with the same line: requests in the line go on.
func (p *pool) renew(r *router, i int) {
	at := p.places[i]
	at.refuseWaiting(r.env, 0)
	p.places[i] = &place{of: at.of, name: at.name, line: at.line, presence: at.presence}
}

// place passes a request to the actor with the fewest requests in line. It avoids an actor that pauses if there is
// another.
func (p *pool) place(r *router, ctx actor.Context, request *Request) {
	best := p.places[0]
	for _, at := range p.places[1:] {
		if at.isBetterThan(best) {
			best = at
		}
	}
	switch {
	case best.life == vacant && p.of.retired: // the request was on its way when the handler was retired
		r.spawn(ctx, best)
		r.lookAfter(ctx, p.of, retirePause)
	case best.life == vacant || best.trouble.pauses():
		r.refuse(ctx, request, best)
		return
	}
	r.pass(ctx, request, best)
}

// isBetterThan reports whether this place's actor will probably answer a request sooner than the other's.
func (p *place) isBetterThan(other *place) bool {
	if mine, others := p.rank(), other.rank(); mine != others {
		return mine < others
	}
	if p.rank() == rankPaused {
		return p.trouble.rest() < other.trouble.rest()
	}
	return p.load() < other.load()
}

const (
	rankThere = iota
	rankExpected
	rankPaused
)

func (p *place) rank() int {
	switch {
	case p.life == vacant || p.trouble.pauses():
		return rankPaused
	case p.life == expected:
		return rankExpected
	}
	return rankThere
}

// load is how many requests are in line, plus the one that the actor works on.
func (p *place) load() int {
	load := p.line.length()
	if p.line.busySince.Load() != 0 {
		load++
	}
	return load
}

func (p *pool) born(r *router, ctx actor.Context, at *place) {
	r.env.log.info(at.pid, "route", slog.String("pattern", p.of.name))
	r.env.readiness.note(at.presence, isKnown)
	r.release(ctx, at)
}

func (p *pool) ended(r *router, ctx actor.Context, at *place, why loss) {
	if why.crash == nil && (why.told || p.of.retired) {
		if at.isAwaited() || !p.of.retired {
			r.spawn(ctx, at)
		}
		return
	}
	pause := time.Duration(0)
	if !p.of.retired {
		pause = r.spawnLater(ctx, at)
	}
	if why.crash != nil {
		r.notBorn(ctx, at, why.crash, pause)
	} else {
		r.env.log.info(ctx.Self(), "handler stopped", slog.String("route", p.of.name), slog.Duration("pause", pause))
	}
	at.refuseWaiting(r.env, pause)
}

func (p *pool) returned(_ *router, _ actor.Context, _ *returned) {} // its mailboxes give nothing back

func (p *pool) look(*router, actor.Context) {}

func (p *pool) retire(_ *router, ctx actor.Context) (done bool) {
	done = true
	for _, at := range p.places {
		if at.life == occupied && at.isIdle() {
			at.life = leaving
			ctx.Poison(at.pid)
		}
		done = done && at.life == vacant
	}
	return done
}

func (p *pool) end(r *router) {
	for i := range p.places {
		p.renew(r, i)
	}
}
