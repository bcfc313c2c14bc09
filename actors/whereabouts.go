package actors

import (
	"fmt"
	"time"
)

// Why a request takes so long, for whoever waits for it and for the log.

// whereabouts says where a request is: in the queue, and where there; or with an actor, and since when.
func (env *environment) whereabouts(r *Request) string {
	begun, holder := r.progress.begun.Load(), r.progress.holder.Load()
	if begun == 0 {
		return env.inQueue(r)
	}
	queued := round(begun - r.sent)
	running := round(env.clock() - begun)
	doing := "has kept it"
	if env.runs(holder) {
		doing = "has been running"
	}
	return fmt.Sprintf("the request was queued for %v, then %s %s for %v", queued, path(holder.mailbox.self), doing, running)
}

func (env *environment) inQueue(r *Request) string {
	queued := round(env.clock() - r.sent)
	route := r.matched()
	if route == nil {
		return fmt.Sprintf("the request has been waiting for the router for %v", queued)
	}
	if !r.progress.queued.Load() { // a vital one
		return fmt.Sprintf("the request has been waiting for its handler for %v", queued)
	}
	at := ""
	if since := route.queue.busySince.Load(); since != 0 {
		at = fmt.Sprintf("; the handler has been at another one for %v", round(env.clock()-since))
	}
	return fmt.Sprintf("the request has been queued for %v, at position %d of %d%s",
		queued, route.queue.position(r), route.queue.length(), at)
}

// runs reports whether the actor is running at the moment.
func (env *environment) runs(holder *custody) bool {
	for _, m := range env.dispatcher.running() {
		if m == holder.mailbox {
			return true
		}
	}
	return false
}

// stackOf is the stack of what keeps the request waiting: of the actor that has it, or else of the
// handler of its route. It is nil if that does nothing, and now and then because it was taken just now:
// stacks cost all others time.
func (env *environment) stackOf(r *Request) []byte {
	m := env.holderOf(r)
	if m == nil || !env.stacks.allow(env.clock()) {
		return nil
	}
	return env.dispatcher.stackOf(m)
}

// holderOf is the mailbox of the actor that keeps the request waiting; nil if that is the router.
func (env *environment) holderOf(r *Request) *mailbox {
	if holder := r.progress.holder.Load(); holder != nil {
		return holder.mailbox
	}
	if route := r.matched(); route != nil {
		return route.queue.handler.Load()
	}
	return nil
}

func round(nanoseconds int64) time.Duration {
	return time.Duration(nanoseconds).Round(100 * time.Microsecond)
}
