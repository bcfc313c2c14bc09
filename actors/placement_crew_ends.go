package actors

import (
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// What a crew does when an actor stops or must stop.

func (c *crew) ended(r *router, ctx actor.Context, at *place, why loss) {
	c.actors.Add(-1)
	c.mu.Lock()
	if i := slices.Index(c.free, at); i >= 0 {
		c.free = slices.Delete(c.free, i, i+1)
	}
	at.member.duty, c.least = off, min(c.least, len(c.free))
	if c.quick.lead == at {
		c.quick.lead = nil
	}
	c.mu.Unlock()
	if why.crash != nil {
		pause := r.troubled(&c.trouble)
		r.notBorn(ctx, at, why.crash, pause)
		at.refuseWaiting(r.env, pause)
		if c.actors.Load() == 0 {
			c.refuseWaiting(r.env, pause)
		}
		return
	}
	at.refuseWaiting(r.env, 0)
	if !why.told && !c.once { // a function has no reason to stop: it failed before its first request
		if pause := pauseAfter(c.trouble.ends.add()); pause > 0 {
			c.trouble.until = time.Now().Add(pause)
		}
	}
	switch {
	case !c.trouble.pauses():
		c.employ(r, ctx)
	case c.actors.Load() == 0:
		c.refuseWaiting(r.env, c.trouble.rest())
	}
}

func (c *crew) returned(r *router, ctx actor.Context, message *returned) {
	if !message.request.enterRouting() {
		message.request.leaveLine()
		return
	}
	c.place(r, ctx, message.request)
}

// employ makes actors for waiting requests, up to the limit.
func (c *crew) employ(r *router, ctx actor.Context) {
	for int(c.actors.Load()) < c.limit {
		c.mu.Lock()
		if c.turns.number+c.quick.length() == 0 {
			c.mu.Unlock()
			return
		}
		if !c.once {
			c.mu.Unlock()
			c.spawn(r, ctx)
			return
		}
		messages := c.takeTurns(r.env.clock())
		c.mu.Unlock()
		for _, message := range messages {
			c.assign(r, ctx, routed(message))
		}
	}
}

// refuseWaiting refuses the requests in the line.
func (c *crew) refuseWaiting(env *env, retry time.Duration) {
	c.mu.Lock()
	waiting := c.turns.take(c.quick.all(), c.turns.number)
	c.line.busySince.Store(0)
	c.mu.Unlock()
	for _, message := range waiting {
		env.refuse(routed(message), nil, retry)
	}
}

// look stops the actors that were not needed since the last look.
func (c *crew) look(r *router, ctx actor.Context) {
	stopped := c.stopSurplus(ctx)
	if c.looking = int(c.actors.Load()) > stopped; c.looking {
		r.lookAfter(ctx, c.of, c.idle)
	}
}

// stopSurplus stops the actors that have been free since the last look.
func (c *crew) stopSurplus(ctx actor.Context) (stopped int) {
	c.mu.Lock()
	surplus := slices.Clone(c.free[:c.least])
	c.free = slices.Delete(c.free, 0, c.least)
	c.least = len(c.free)
	for _, at := range surplus {
		at.member.duty = off
	}
	c.mu.Unlock()
	for _, at := range surplus {
		at.life = leaving
		ctx.Stop(at.pid)
	}
	return len(surplus)
}

func (c *crew) retire(r *router, ctx actor.Context) (done bool) {
	c.mu.Lock()
	c.least = len(c.free)
	waits := c.turns.number+c.quick.length() > 0
	c.mu.Unlock()
	c.stopSurplus(ctx)
	return c.actors.Load() == 0 && !waits
}

// unused stops an actor whose exchange is over.
func (c *crew) unused(ctx actor.Context, at *place) {
	if at.life == occupied {
		at.life = leaving
		ctx.Stop(at.pid)
	}
}

func (c *crew) end(r *router) {
	c.refuseWaiting(r.env, 0)
	c.actors.Store(0)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, at := range c.free {
		at.member.duty = off
	}
	c.free, c.least, c.looking, c.quick.lead = nil, 0, false, nil
	c.round++ // actors of the previous router must not take from the line of the next
}
