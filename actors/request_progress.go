package actors

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// A progress is how far a request has come. The actors that have the request write it; its connection reads it.
type progress struct {
	phase    atomic.Uint32            // a phase
	over     atomic.Bool              // its exchange has ended: no actor need begin it
	answered atomic.Bool              // a response is on its way to the connection
	aborted  atomic.Bool              // the handler has given the exchange up
	kept     atomic.Bool              // its holder has it in custody
	stashed  atomic.Bool              // its holder has put it off
	streams  atomic.Bool              // its response is a stream, which has begun
	routed   ticket                   // in the line of the handler
	passed   atomic.Pointer[passedOn] // its waits for actors that it was passed on to, the last first
	begun    atomic.Int64             // the instant when an actor first took it; 0 before
	holder   atomic.Pointer[custody]  // of the last actor that took it
	asker    atomic.Pointer[asker]    // gets its holder's answer, if not the connection; or nil
	life     atomic.Pointer[life]     // nil until the Context is asked for
}

// A phase says who may use a request. It allows an exchange that ends to free the octets of a request that still
// waits in a mailbox, where no actor has begun it.
type phase = uint32

const (
	waiting     phase = iota // in a mailbox
	beingRouted              // the router has it
	taken                    // an actor has begun it, and may keep it
	withdrawn                // no actor will begin it: its connection answers
	dropped                  // nobody uses it any more; whoever dropped it frees it
)

// enterRouting gives the request to the router. It returns false if the exchange is over.
func (r *Request) enterRouting() bool {
	return r.isTaken() || r.progress.phase.CompareAndSwap(waiting, beingRouted)
}

// leaveRouting ends the router's use of the request, before it goes to a handler or back to its connection.
func (r *Request) leaveRouting() {
	p := &r.progress
	if p.phase.Load() == beingRouted {
		p.phase.Store(waiting)
		if p.over.Load() && r.drop() {
			r.letGo()
		}
	}
}

// timeout is how long the handler may take; not above 0 for ever.
func (r *Request) timeout() time.Duration {
	if route := r.route; route != nil {
		return route.timeout
	}
	return 0
}

// isTaken reports whether an actor has begun the request; further actors then get it from that one.
func (r *Request) isTaken() bool { return r.progress.phase.Load() == taken }

// take lets an actor begin the request. It returns false if the exchange is over.
func (r *Request) take() bool {
	return r.isTaken() || r.progress.phase.CompareAndSwap(waiting, taken)
}

// drop makes sure that no actor begins the request. It returns false if one has begun, or the router has the request.
// Only the caller that gets true must call letGo.
func (r *Request) drop() bool { return r.progress.phase.CompareAndSwap(waiting, dropped) }

// letGo frees the octets of a request that was dropped. What stays in a mailbox is small.
func (r *Request) letGo() {
	r.head, r.fields, r.params = wire.RequestHead{}, [len(r.fields)]wire.Field{}, nil
	r.Body, r.Trailers, r.origin = nil, nil, nil
	r.releaseContent()
	r.leavePlace()
}

// leavePlace tells the place of the handler's actor that the exchange is over.
func (r *Request) leavePlace() {
	if at := r.place.Load(); at != nil {
		at.use.leave(r.env)
	}
}

// leavePlaceEarly tells the place that its actor has nothing more to do for the exchange, which goes on: an actor of
// PerKey may idle out. An actor of PerRequest lives as long as its exchange.
func (r *Request) leavePlaceEarly() {
	if at := r.place.Load(); at != nil && at.use.over == nil && r.place.CompareAndSwap(at, nil) {
		at.use.leave(r.env)
	}
}

// releaseContent gives back the room that the content has reserved, once.
func (r *Request) releaseContent() {
	if octets := r.reserved.Swap(0); octets > 0 {
		r.from.room.release(octets)
	}
}

// isVital reports whether the route of the request is Vital.
func (r *Request) isVital() bool {
	route := r.route
	return route != nil && route.vital
}

// heldBy returns the custody of an actor if that has the request; else nil.
func (r *Request) heldBy(who *actor.PID) *custody {
	if holder := r.progress.holder.Load(); holder != nil && holder.mailbox.self.Equal(who) {
		return holder
	}
	return nil
}

// cancel ends the Context of the request, if there is one, with a reason. Only the first reason counts.
func (r *Request) cancel(why error) {
	if life := r.progress.life.Load(); life != nil {
		life.end(why)
	}
}

// cutShort ends the Context of a request before its exchange ends. An actor that has begun the request, and asks for
// the Context only later, still learns why. A request that waits allocates nothing.
func (r *Request) cutShort(why error) {
	if r.isTaken() {
		r.Context()
	}
	r.cancel(why)
}

// end tells everybody who has the request that its exchange has ended, and why. The connection calls it last, and no
// longer uses the request afterwards.
func (r *Request) end(why error) {
	p := &r.progress
	p.over.Store(true) // first, so that a Context made from now on has ended
	r.cancel(why)
	if p.kept.Load() {
		p.holder.Load().release(r)
	}
	r.forsakeLines()
	switch {
	case r.drop() || p.phase.CompareAndSwap(withdrawn, dropped):
		r.letGo()
	case p.phase.Load() != taken: // the router frees it
	case p.answered.Load():
		r.releaseContent()
		r.leavePlace()
	default:
		r.releaseWhenForgotten()
		r.leavePlace()
	}
	if r.route != nil && r.route.handler != nil {
		r.route.handler.exit()
	}
}

// releaseWhenForgotten gives the room of the content back when the garbage collector finds the content unused: its
// actor may still work on it, or keep it.
func (r *Request) releaseWhenForgotten() {
	if len(r.Body) < worthWaiting {
		r.releaseContent()
		return
	}
	if octets := r.reserved.Swap(0); octets > 0 {
		room := r.from.room
		room.forgotten.Add(octets)
		runtime.AddCleanup(&r.Body[0], room.collected, octets)
	}
}

// worthWaiting is the content size from which waiting for the garbage collector pays.
const worthWaiting = 1 << 10
