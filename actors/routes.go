package actors

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A route is a pattern, who answers its requests, and how they are treated.
type route struct {
	env     *env
	pattern pattern
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

// routeTable finds the route for a method and a path. It is pure: no actor, no I/O. It does not
// change while it is read.
type routeTable struct {
	routes   []*route
	handlers []*handler // of the routes
	root     node
	depth    int      // the most segments that a pattern names
	taken    []string // the methods that patterns name, sorted; "" for any
	// static finds paths without wildcards at once; their leaves are in the tree as well.
	static map[string]*leaf
}

// A node stands for a path up to a segment; its leaves are the patterns that end there.
type node struct {
	literals map[string]*node
	wildcard *node
	end      leaf // for patterns that end with this segment
	multi    leaf // for patterns that match any further segments
}

// A leaf holds the routes of patterns with equal paths, one for each method.
type leaf []*route

// conflict says with which other route a new one conflicts, if it does.
func (t *routeTable) conflict(added *route) error {
	for _, other := range t.routes {
		if relation := relate(added.pattern, other.pattern); relation == equal || relation == overlapping {
			return fmt.Errorf("pattern %q (at %s) conflicts with pattern %q (at %s): neither is more specific",
				added.pattern.text, added.source, other.pattern.text, other.source)
		}
	}
	return nil
}

// add adds a route that conflicts with no other.
func (t *routeTable) add(added *route) {
	t.routes = append(t.routes, added)
	if added.handler != nil && !slices.Contains(t.handlers, added.handler) {
		t.handlers = append(t.handlers, added.handler)
	}
	t.depth = max(t.depth, len(added.pattern.segments))
	if i, found := slices.BinarySearch(t.taken, added.pattern.method); !found {
		t.taken = slices.Insert(t.taken, i, added.pattern.method)
	}
	at, path, literal := &t.root, "", true
	for _, s := range added.pattern.segments {
		at, path = at.child(s), path+"/"+s.literal
		literal = literal && s.wildcard == "" && !strings.Contains(s.literal, "/")
	}
	l := &at.end
	if added.pattern.multi {
		l, path = &at.multi, path+"/" // "/a/" itself is one of the paths below it
	}
	*l = append(*l, added)
	if t.static == nil {
		t.static = make(map[string]*leaf)
	}
	if literal && (t.static[path] == nil || !added.pattern.multi) {
		t.static[path] = l
	}
}

func (n *node) child(s segment) *node {
	if s.wildcard != "" {
		if n.wildcard == nil {
			n.wildcard = &node{}
		}
		return n.wildcard
	}
	if n.literals == nil {
		n.literals = make(map[string]*node)
	}
	if n.literals[s.literal] == nil {
		n.literals[s.literal] = &node{}
	}
	return n.literals[s.literal]
}

// route is the route for the method: its own, that of GET for HEAD, that of any method.
func (l leaf) route(method string) (best *route) {
	for _, r := range l {
		switch {
		case r.pattern.method == method:
			return r
		case r.pattern.method == "GET" && method == "HEAD":
			best = r
		case r.pattern.method == "" && best == nil && method != "TRACE": // (RFC 9110 §9.3.8)
			best = r
		}
	}
	return best
}

// without is a table without some of the routes, and without the handlers that no route has any more.
func (t *routeTable) without(removed func(*route) bool) *routeTable {
	rest := &routeTable{}
	for _, r := range t.routes {
		if !removed(r) {
			rest.add(r)
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

// handlerOf is the handler of a Handler, if some route has it; else nil.
func (t *routeTable) handlerOf(spec *Handler) *handler {
	for _, known := range t.handlers {
		if known.spec == spec {
			return known
		}
	}
	return nil
}
