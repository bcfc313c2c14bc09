package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A placement decides which actor of a handler gets a request. It belongs to the router, on whose goroutine all of its
// methods are called.
type placement interface {
	// begin forgets what the router before has left, and makes the actors that are there before the first request.
	begin(r *router, ctx actor.Context)
	// place passes a request on to an actor, lets it wait for one, or answers it.
	place(r *router, ctx actor.Context, request *Request)
	// born is told that the actor of a place is there, and may get requests.
	born(r *router, ctx actor.Context, p *place)
	// ended is told that a place has no actor any more. What waits in the place is to be answered, or passed on to the
	// next actor.
	ended(r *router, ctx actor.Context, p *place, why loss)
	// look is told that the time has come which the placement has asked for.
	look(r *router, ctx actor.Context)
	// retire has the actors stop that no exchange needs, and reports whether none is left: no route has the handler any more.
	retire(r *router, ctx actor.Context) (done bool)
	// end answers what waits: the router has stopped.
	end(r *router)
}

// A handler is a Handler of one server.
type handler struct {
	env       *environment
	spec      *Handler
	name      string
	props     *actor.Props // of its actors, fit for the tree
	placement placement    // the router's
	retired   bool         // no route has it any more; the router's
}

// newHandler is what a server has of a Handler, whose first route that is.
func (env *environment) newHandler(spec *Handler, first *route) *handler {
	added := &handler{env: env, spec: spec, name: spec.settings.name}
	if added.name == "" {
		added.name = first.pattern.String()
	}
	for _, known := range env.routes().handlers {
		if known.name == added.name {
			mistake("pattern %q: two handlers have the name %q", first.pattern.String(), added.name)
		}
	}
	added.placement = spec.makes(added)
	added.props = env.placeProps(added)
	return added
}

// hasMany reports whether the handler may have several actors.
func (h *handler) hasMany() bool {
	fixed, ok := h.placement.(*pool)
	return !ok || len(fixed.places) > 1
}

// maxActors is how many actors the handler may have.
func (h *handler) maxActors(otherwise int) int {
	if h.spec.settings.maxActors > 0 {
		return h.spec.settings.maxActors
	}
	return otherwise
}

// idleAfter is how long an actor may be idle; below 0 for ever.
func (h *handler) idleAfter(otherwise time.Duration) time.Duration {
	if h.spec.settings.idleAfter != 0 {
		return h.spec.settings.idleAfter
	}
	return otherwise
}

// maxWait is how long a request may wait for an actor of the handler; below 0 for ever.
func (h *handler) maxWait() time.Duration {
	if limit := h.spec.settings.maxWait; limit != 0 {
		return limit
	}
	return h.env.config.MaxQueueWait
}

// setUp sets up a line of requests for actors of the handler.
func (h *handler) setUp(line *queue) {
	limit := h.spec.settings.maxQueue
	if limit == 0 {
		limit = h.env.config.MaxQueue
	}
	line.of = h
	line.setUp(limit, h.maxWait())
}
