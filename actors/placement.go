package actors

import (
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A placement decides which actor of a handler gets a request. It belongs to the router: all its methods are called
// on the router's goroutine.
type placement interface {
	// begin drops what the previous router has left, and makes the actors that exist before the first request.
	begin(r *router, ctx actor.Context)
	// place passes a request on to an actor, lets it wait for one, or answers it.
	place(r *router, ctx actor.Context, request *Request)
	// born is told that the actor of a place exists, and may get requests.
	born(r *router, ctx actor.Context, p *place)
	// ended is told that a place has lost its actor. It answers the requests that wait in the place, or passes them
	// on to the next actor.
	ended(r *router, ctx actor.Context, p *place, why loss)
	// look is called at the time that the placement has asked for.
	look(r *router, ctx actor.Context)
	// returned gets a request that an actor had not begun when it stopped.
	returned(r *router, ctx actor.Context, message *returned)
	// retire stops the actors that no exchange needs, because no route has the handler any more. It reports whether
	// none is left.
	retire(r *router, ctx actor.Context) (done bool)
	// end answers the requests that wait, because the router has stopped.
	end(r *router)
}

// A handler is a Handler within one server.
type handler struct {
	env       *env
	spec      *Handler
	name      string
	props     *actor.Props // of its actors, adapted to the tree
	placement placement
	retired   bool         // no route has it any more; belongs to the router
	exchanges atomic.Int64 // that may still send it a request; below 0 when none may any more
}

// enter notes that an exchange has a route to the handler. It returns false if the handler is closed: then another one
// may have its name, and the table of routes has changed.
func (h *handler) enter() bool {
	for {
		exchanges := h.exchanges.Load()
		if exchanges < 0 {
			return false
		}
		if h.exchanges.CompareAndSwap(exchanges, exchanges+1) {
			return true
		}
	}
}

// exit notes that such an exchange is over.
func (h *handler) exit() { h.exchanges.Add(-1) }

// close closes the handler, unless an exchange may still send it a request.
func (h *handler) close() bool { return h.exchanges.CompareAndSwap(0, handlerClosed) }

const handlerClosed = -1

// newHandler makes a server's handler of a Handler at its first route.
func (env *env) newHandler(spec *Handler, first *route) *handler {
	added := &handler{env: env, spec: spec, name: spec.settings.name}
	if added.name == "" {
		added.name = first.pattern.String()
	}
	table := env.routes()
	if spec.settings.name != "" && table.hasName(added.name) {
		mistake("pattern %q: two handlers have the name %q", first.pattern.String(), added.name)
	}
	for base, n := added.name, 2; table.hasName(added.name) || env.retiring.hasName(added.name); n++ { // an earlier handler may have the name
		added.name = base + "~" + strconv.Itoa(n)
	}
	added.placement = spec.makes(added)
	added.props = env.placeProps(added)
	return added
}

// hasOthers reports whether another actor than that of its place may get a request: a successor with the same key, or
// any actor of a function.
func (h *handler) hasOthers() bool { return h.spec.kind == "PerKey" || h.spec.kind == "Func" }

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

// setUp sets the limits of a line of requests for actors of the handler.
func (h *handler) setUp(line *queue) {
	limit := h.spec.settings.maxQueue
	if limit == 0 {
		limit = h.env.config.MaxQueue
	}
	line.of = h
	line.setUp(limit, h.maxWait())
}

// retiring are the handlers without routes that still have actors.
type retiring struct {
	mu  sync.Mutex
	all []*handler
}

func (t *retiring) add(h *handler) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, h)
}

// remove forgets a handler: it has no actors left, or a route again.
func (t *retiring) remove(h *handler) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = slices.DeleteFunc(t.all, func(other *handler) bool { return other == h })
}

// handlerOf returns the handler of a Handler if it retires and is not closed, entered; else nil.
func (t *retiring) handlerOf(spec *Handler) *handler {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.IndexFunc(t.all, func(h *handler) bool { return h.spec == spec }); i >= 0 {
		if h := t.all[i]; h.enter() {
			return h
		}
	}
	return nil
}

func (t *retiring) hasName(name string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.ContainsFunc(t.all, func(h *handler) bool { return h.name == name })
}
