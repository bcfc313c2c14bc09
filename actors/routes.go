package actors

import (
	"slices"
	"time"

	"github.com/troupe-go/troupe/actors/internal/routing"
	"github.com/troupe-go/troupe/wire"
)

// A route is a pattern, the handler of its requests, and how they are treated.
type route struct {
	env     *env
	pattern routing.Pattern
	handler *handler
	source  string        // file:line of the call of Handle
	streams bool          // the handler pulls the content itself
	vital   bool          // no limits on its queue
	quiet   bool          // no lines about exchanges that go well
	maxBody int64         // in octets; 0 for the server's limit
	timeout time.Duration // of the handler; below 0 for none
	filters filters
}

// routes returns the current table. A reader keeps that table, even if routes are added or removed meanwhile.
func (env *env) routes() *routeTable { return env.table.Load() }

// resolve finds the route of a request. It enters the handler until the exchange ends. See announced for CORS
// preflight requests.
func (r *Request) resolve() {
	if r.head.Target.Form == wire.AuthorityForm || r.head.Target.Form == wire.AsteriskForm {
		return
	}
	for {
		route, params, found := r.env.routes().Resolve(r.head.Method, r.head.Target.Path)
		if r.isPreflight() {
			route, params, found = r.announced(route, params)
		}
		if !found || route.handler == nil || route.handler.enter() {
			r.route, r.params = route, params
			return
		}
	}
}

// preflightField makes a request a CORS preflight request, and announces the method of another (Fetch §3.3.2).
const preflightField = "Access-Control-Request-Method"

func (r *Request) isPreflight() bool {
	return r.head.Method == "OPTIONS" && r.Fields().Has(preflightField)
}

// announced returns the route of a preflight request, given the one that takes its method OPTIONS, if any. It is the
// route of the request that it announces, but without the handler of that: the functions of Before may answer it. A
// route for OPTIONS comes first. So does one for any method, but only where it takes the announced request too: else its
// filters say nothing about that.
func (r *Request) announced(own *route, ownParams []routing.Param) (*route, []routing.Param, bool) {
	if own != nil && own.pattern.Method() == "OPTIONS" {
		return own, ownParams, true
	}
	of, params, found := r.env.routes().Resolve(r.Field(preflightField), r.head.Target.Path)
	if !found || of == own {
		return own, ownParams, own != nil
	}
	preflight := *of
	preflight.handler, preflight.streams = nil, false
	return &preflight, params, true
}

// A routeTable has all routes and their handlers. It does not change while it is read.
type routeTable struct {
	routing.Table[*route]
	handlers []*handler // of the routes
}

// entry makes the entry of the route in a table.
func (r *route) entry() *routing.Entry[*route] {
	return &routing.Entry[*route]{Pattern: r.pattern, Source: r.source, Value: r}
}

// add adds a route. It must not conflict with another.
func (t *routeTable) add(added *route) {
	t.Add(added.entry())
	if added.handler != nil && !slices.Contains(t.handlers, added.handler) {
		t.handlers = append(t.handlers, added.handler)
	}
}

// without returns a table without some of the routes, and without the handlers that have no route left.
func (t *routeTable) without(removed func(*route) bool) *routeTable {
	rest := &routeTable{}
	for _, e := range t.Entries() {
		if !removed(e.Value) {
			rest.add(e.Value)
		}
	}
	return rest
}

// with returns a table with one more route.
func (t *routeTable) with(added *route) *routeTable {
	more := t.without(func(*route) bool { return false })
	more.add(added)
	return more
}

// hasName reports whether a handler has that name.
func (t *routeTable) hasName(name string) bool {
	return slices.ContainsFunc(t.handlers, func(h *handler) bool { return h.name == name })
}

// handlerOf returns the handler of a Handler that some route has; else nil.
func (t *routeTable) handlerOf(spec *Handler) *handler {
	for _, known := range t.handlers {
		if known.spec == spec {
			return known
		}
	}
	return nil
}
