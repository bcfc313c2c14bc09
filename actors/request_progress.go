package actors

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// A progress is how far a request has come. The actors that have the request write it, and its connection
// reads it.
type progress struct {
	phase    atomic.Uint32            // a phase
	over     atomic.Bool              // its exchange has ended: an actor that still has it need not begin
	answered atomic.Bool              // a response is on its way to the connection
	kept     atomic.Bool              // its holder has it in custody
	stashed  atomic.Bool              // its holder has put it off
	streams  atomic.Bool              // its response is a stream, which has begun
	routed   ticket                   // in the line of the handler
	passed   atomic.Pointer[passedOn] // where it waits for actors that others have passed it on to, the last first
	begun    atomic.Int64             // the instant at which an actor first took it; 0 before
	holder   atomic.Pointer[custody]  // of the actor that took it last
	asker    atomic.Pointer[asker]    // where its holder's answer goes, if not to the connection; or nil
	life     atomic.Pointer[life]     // nil unless somebody asked for the Context
}

// A phase says who may look into a request: it lets an exchange that ends let go of the octets of a request
// that waits in a mailbox, where nobody has begun it.
type phase = uint32

const (
	waiting     phase = iota // in a mailbox
	beingRouted              // the router looks at it
	taken                    // an actor has begun it, and may keep it for as long as it likes
	withdrawn                // no actor will begin it: its connection answers
	dropped                  // nobody will look at it any more, but for the one that lets go of it
)

// enterRouting takes the request out of the router's mailbox. It is false if nobody waits for it any more.
func (r *Request) enterRouting() bool {
	return r.isTaken() || r.progress.phase.CompareAndSwap(waiting, beingRouted)
}

// leaveRouting puts the request back: into the mailbox of a handler, or of its connection.
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

// isTaken reports whether an actor has begun the request, so that it is passed on from one to the other.
func (r *Request) isTaken() bool { return r.progress.phase.Load() == taken }

// take has an actor begin the request. It is false if nobody waits for it any more.
func (r *Request) take() bool {
	return r.isTaken() || r.progress.phase.CompareAndSwap(waiting, taken)
}

// drop makes sure that no actor begins the request. It is false if one has begun, or the router looks at it. Who
// drops it lets go of it: nobody else does.
func (r *Request) drop() bool { return r.progress.phase.CompareAndSwap(waiting, dropped) }

// letGo lets go of the octets of a request that was dropped. What stays in a mailbox is small.
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

// releaseContent gives back the room that the content of the request has taken, once.
func (r *Request) releaseContent() {
	if octets := r.reserved.Swap(0); octets > 0 {
		r.from.room.release(octets)
	}
}

// isVital reports whether the request has a route that has no limits.
func (r *Request) isVital() bool {
	route := r.route
	return route != nil && route.vital
}

// heldBy is the custody of an actor that has the request, or nil.
func (r *Request) heldBy(who *actor.PID) *custody {
	if holder := r.progress.holder.Load(); holder != nil && holder.mailbox.self.Equal(who) {
		return holder
	}
	return nil
}

// cancel ends the Context of the request, and says why. The first reason counts.
func (r *Request) cancel(why error) {
	if life := r.progress.life.Load(); life != nil {
		life.end(why)
	}
}

// cutShort ends the Context of a request before its exchange ends. An actor that has begun with the request, and asks for
// the Context only afterwards, learns why as well; a request that still waits holds no more than before.
func (r *Request) cutShort(why error) {
	if r.isTaken() {
		r.Context()
	}
	r.cancel(why)
}

// end tells all who have the request that its exchange has ended, and why. The connection calls it, last of
// all: from then on it does not look into the request either.
func (r *Request) end(why error) {
	p := &r.progress
	p.over.Store(true) // first: a Context that is asked for from now on has ended
	r.cancel(why)
	if p.kept.Load() {
		p.holder.Load().release(r)
	}
	r.forsakeLines()
	switch {
	case r.drop() || p.phase.CompareAndSwap(withdrawn, dropped):
		r.letGo()
	case p.phase.Load() != taken: // the router lets go of it
	case p.answered.Load():
		r.releaseContent()
		r.leavePlace()
	default:
		r.releaseWhenForgotten()
		r.leavePlace()
	}
}

// releaseWhenForgotten gives the room of the content back when the garbage collector finds that nobody has it:
// its actor may be at it, or keep it.
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

// worthWaiting is how many octets of content are worth a look of the garbage collector.
const worthWaiting = 1 << 10
