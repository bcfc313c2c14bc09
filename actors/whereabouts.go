package actors

import (
	"fmt"
	"slices"
	"time"
)

// Explains why a request takes so long, for its client and for the log.

// whereabouts says where a request is: at which position of a queue, or with which actor and since when.
func (env *env) whereabouts(r *Request) string {
	begun, holder := r.progress.begun.Load(), r.progress.holder.Load()
	if at := r.waitsAt(); at != nil {
		return env.inQueue(r, at)
	}
	if begun == 0 || holder == nil {
		return env.beforeHandler(r)
	}
	queued := round(begun - r.sent)
	running := round(env.clock() - begun)
	doing := "has kept it"
	if env.runs(holder) {
		doing = "has been running"
	}
	return fmt.Sprintf("the request was queued for %v, then %s %s for %v", queued, path(holder.mailbox.self), doing, running)
}

// inQueue describes a request that waits for an actor: a handler, or one to which the handler has passed it on.
func (env *env) inQueue(r *Request, at *ticket) string {
	line, since, owner := at.queue.Load(), env.clock()-r.sent, " for a handler that is about to be born"
	if line.of != nil && line.owner.Load() == nil {
		owner = " for an actor of " + line.of.name
	}
	if m := line.owner.Load(); m != nil {
		owner = " for " + path(m.self)
	}
	doing := ""
	if since := line.busySince.Load(); since != 0 {
		doing = fmt.Sprintf("; that has been at another one for %v", round(env.clock()-since))
	}
	return fmt.Sprintf("the request has been queued%s for %v, at position %d of %d%s",
		owner, round(since), line.position(at), line.length(), doing)
}

// beforeHandler describes a request that no actor has taken and that is in no line: it is not routed yet, or its
// route is vital.
func (env *env) beforeHandler(r *Request) string {
	queued := round(env.clock() - r.sent)
	if r.route == nil {
		return fmt.Sprintf("the request has been waiting for the router for %v", queued)
	}
	return fmt.Sprintf("the request has been waiting for its handler for %v", queued)
}

// runs reports whether the actor is running now.
func (env *env) runs(holder *custody) bool {
	return slices.Contains(env.dispatcher.Running(), &holder.mailbox.task)
}

// stackOf returns the stack of the actor that keeps the request waiting: the one that has it, or else the handler of
// its route. It returns nil if that actor does not run. Since taking a stack delays everybody, it also returns nil if
// one was taken within the last second.
func (env *env) stackOf(r *Request) []byte {
	m := env.holderOf(r)
	if m == nil || !env.stacks.allow(env.clock(), time.Second) {
		return nil
	}
	return m.stack()
}

// holderOf returns the mailbox of the actor that keeps the request waiting; nil if that is the router.
func (env *env) holderOf(r *Request) *mailbox {
	if at := r.waitsAt(); at != nil {
		return at.queue.Load().owner.Load()
	}
	if holder := r.progress.holder.Load(); holder != nil {
		return holder.mailbox
	}
	if at := r.place.Load(); at != nil {
		return at.line.owner.Load()
	}
	return nil
}

// stack returns the stack of the actor if it runs; nil if there are too many goroutines to search.
func (m *mailbox) stack() []byte { return theActorsOwn(m.env.dispatcher.Stack(&m.task)) }

func round(nanoseconds int64) time.Duration {
	return time.Duration(nanoseconds).Round(100 * time.Microsecond)
}
