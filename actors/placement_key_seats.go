package actors

import "github.com/asynkron/protoactor-go/actor"

// The seats of a placement PerKey: it has no more actors than seats.

// hasSeat reports whether there is a free seat, or an idle actor that can give up its own.
func (k *keyed) hasSeat() bool { return k.seated < k.limit || k.longestIdle() != nil }

// longestIdle returns the place that has been idle for longest, or nil. It searches only if a place has become idle
// since the last search without a result.
func (k *keyed) longestIdle() *place {
	idled := k.idled.Load()
	if idled == k.noneAt {
		return nil
	}
	now := k.of.env.clock()
	for range k.used.length { // a place that is not idle is in use now
		at := k.used.first
		if at.isIdle() {
			return at
		}
		k.used.touch(at, now)
	}
	k.noneAt = idled
	return nil
}

// seat makes the actor of a place. If all seats are taken, the actor that has been idle for longest must stop first.
func (k *keyed) seat(r *router, ctx actor.Context, at *place) {
	if k.seated >= k.limit {
		k.leave(ctx, k.longestIdle())
	}
	if k.seated >= k.limit {
		k.short = append(k.short, at)
		return
	}
	k.seated++
	at.life = vacant
	r.spawn(ctx, at)
}

// leave stops the actor of a place after the messages in its mailbox.
func (k *keyed) leave(ctx actor.Context, at *place) {
	k.used.remove(at)
	switch {
	case at.life == vacant: // its actor could not be made
		k.forget(at)
	case at.trouble.pauses(): // its mailbox is suspended
		at.life = leaving
		ctx.Stop(at.pid)
	default:
		at.life = leaving
		ctx.Poison(at.pid)
	}
}

// forget removes a place without an actor, and its seat.
func (k *keyed) forget(at *place) {
	if k.places[at.key] == at {
		delete(k.places, at.key)
	}
	if at.life != unseated {
		k.seated--
	}
}

// yield gives the seat of a place to the next one in short, and finds another seat for the requests that have come
// meanwhile. If no actor is idle, they are refused.
func (k *keyed) yield(r *router, ctx actor.Context, at *place) {
	at.life = unseated
	k.seated--
	k.seatNext(r, ctx)
	if !k.hasSeat() {
		at.refuseWaiting(r.env, 0)
		k.forget(at)
		return
	}
	if k.seat(r, ctx, at); at.life == expected {
		k.touch(r, ctx, at, r.env.clock())
	}
}

// seatNext gives free seats to waiting places.
func (k *keyed) seatNext(r *router, ctx actor.Context) {
	for k.seated < k.limit && len(k.short) > 0 {
		next := k.short[0]
		k.short[0], k.short = nil, k.short[1:]
		if !next.isAwaited() {
			k.forget(next)
			continue
		}
		k.seated++
		next.life = vacant
		r.spawn(ctx, next)
		k.touch(r, ctx, next, r.env.clock())
	}
}
