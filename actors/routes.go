package actors

import (
	"slices"
	"time"

	"github.com/troupe-go/troupe/actors/internal/routing"
)

// A route is a pattern, who answers its requests, and how they are treated.
type route struct {
	env     *env
	pattern routing.Pattern
	handler *handler
	source  string        // file:line of the call of Handle
	streams bool          // the handler pulls the content itself
	vital   bool          // its requests wait without limits
	maxBody int64         // in octets; 0 for the server's limit
	timeout time.Duration // of the handler; below 0 for none
	filters filters
}

// routes is the table as it is now. Who has read it goes on with that, whatever is added or taken away meanwhile.
func (env *env) routes() *routeTable { return env.table.Load() }

// A routeTable has all routes, and their handlers. It does not change while it is read.
type routeTable struct {
	routing.Table[*route]
	handlers []*handler // of the routes
}

// entry is the route as a table has it.
func (r *route) entry() *routing.Entry[*route] {
	return &routing.Entry[*route]{Pattern: r.pattern, Source: r.source, Value: r}
}

// add adds a route that conflicts with no other.
func (t *routeTable) add(added *route) {
	t.Add(added.entry())
	if added.handler != nil && !slices.Contains(t.handlers, added.handler) {
		t.handlers = append(t.handlers, added.handler)
	}
}

// without is a table without some of the routes, and without the handlers that no route has any more.
func (t *routeTable) without(removed func(*route) bool) *routeTable {
	rest := &routeTable{}
	for _, e := range t.Entries() {
		if !removed(e.Value) {
			rest.add(e.Value)
		}
	}
	return rest
}

// with is a table with one more route.
func (t *routeTable) with(added *route) *routeTable {
	more := t.without(func(*route) bool { return false })
	more.add(added)
	return more
}

// hasName reports whether a handler has that name.
func (t *routeTable) hasName(name string) bool {
	return slices.ContainsFunc(t.handlers, func(h *handler) bool { return h.name == name })
}

// handlerOf is the handler of a Handler, if some route has it; else nil.
func (t *routeTable) handlerOf(spec *Handler) *handler {
	for _, known := range t.handlers {
		if known.spec == spec {
			return known
		}
	}
	return nil
}
