package actors

import (
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
)

// A progress is how far a request has come. Whoever has the request writes it, and its connection
// reads it.
type progress struct {
	over     atomic.Bool             // its exchange has ended: whoever still has it need not begin
	answered atomic.Bool             // a response is on its way to the connection
	queued   atomic.Bool             // it is in the queue of its route
	kept     atomic.Bool             // its holder has it in custody
	stashed  atomic.Bool             // its holder has put it off
	ticket   atomic.Uint32           // its place in the queue of its route
	begun    atomic.Int64            // on the clock of the server, when an actor first took it; 0 before
	holder   atomic.Pointer[custody] // of the actor that took it last
	asker    atomic.Pointer[asker]   // who has asked its holder, or nil
	life     atomic.Pointer[life]    // nil unless somebody asked for the Context
}

// leaveQueue makes room in the queue of the route, once.
func (r *Request) leaveQueue() {
	if r.progress.queued.Load() && r.progress.queued.Swap(false) {
		r.matched().queue.left.Add(1)
	}
}

// heldBy is the custody of an actor that has the request, or nil.
func (r *Request) heldBy(who *actor.PID) *custody {
	if holder := r.progress.holder.Load(); holder != nil && holder.mailbox.self.Equal(who) {
		return holder
	}
	return nil
}

// end tells all who have the request that its exchange has ended, and why.
func (r *Request) end(why error) {
	r.progress.over.Store(true)
	r.leaveQueue()
	if r.progress.kept.Load() {
		r.progress.holder.Load().release(r)
	}
	if life := r.progress.life.Load(); life != nil {
		life.cancel(why)
	}
}
