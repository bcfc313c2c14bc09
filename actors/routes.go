package actors

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A route is a pattern and the handler behind it.
type route struct {
	env     *environment
	pattern pattern
	props   *actor.Props
	source  string        // file:line of the call of Handle
	streams bool          // the handler pulls the content itself
	vital   bool          // it has no limits to its queue
	maxBody int64         // in octets; 0 for the server's limit
	timeout time.Duration // of the handler; below 0 for none
	queue   queue
	seat    seat // of its handler; the router's
}

// routeTable finds the route for a method and a path. It is pure: no actor, no I/O. It does not
// change while it is read.
type routeTable struct {
	routes []*route
	root   node
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

// shortestTimeout is the shortest time after which a connection has to look at its request: of the handlers'
// timeouts, the times that requests may wait, and that of the server; below 0 if there are none.
func (t *routeTable) shortestTimeout(server time.Duration) time.Duration {
	shortest := server
	for _, r := range t.routes {
		shortest = earlier(shortest, r.timeout)
		if !r.vital {
			shortest = earlier(shortest, r.queue.maxWait)
		}
	}
	return shortest
}

// add adds a route, unless it conflicts with another.
func (t *routeTable) add(added *route) error {
	for _, other := range t.routes {
		if relation := relate(added.pattern, other.pattern); relation == equal || relation == overlapping {
			return fmt.Errorf("pattern %q (at %s) conflicts with pattern %q (at %s): neither is more specific",
				added.pattern.text, added.source, other.pattern.text, other.source)
		}
	}
	t.routes = append(t.routes, added)
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
	return nil
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

// match finds the most specific route for the method and the percent-encoded path, and what its
// wildcards matched.
func (t *routeTable) match(method, path string) (*route, []param) {
	if end, found := t.static[path]; found && strings.IndexByte(path, '%') < 0 {
		if r := end.route(method); r != nil && r.pattern.rest == "" {
			return r, nil
		}
	}
	var found *route
	var matched []string
	segments := splitPath(path)
	t.root.walk(segments, nil, func(l leaf, wildcards []string) bool {
		if found = l.route(method); found != nil {
			matched = slices.Clone(wildcards)
		}
		return found != nil
	})
	if found == nil {
		return nil, nil
	}
	return found, found.pattern.params(segments, matched)
}

// methods lists the methods that some route takes for the path, sorted; none if no route has it.
func (t *routeTable) methods(path string) (methods []string) {
	t.root.walk(splitPath(path), nil, func(l leaf, _ []string) bool {
		for _, r := range l {
			methods = append(methods, r.pattern.method)
		}
		return false
	})
	return withHEAD(methods)
}

// allMethods lists the methods that some route takes, sorted.
func (t *routeTable) allMethods() (methods []string) {
	for _, r := range t.routes {
		methods = append(methods, r.pattern.method)
	}
	return withHEAD(methods)
}

// withHEAD sorts methods, and adds HEAD where there is GET.
func withHEAD(methods []string) []string {
	if slices.Contains(methods, "GET") {
		methods = append(methods, "HEAD")
	}
	slices.Sort(methods)
	return slices.Compact(methods)
}

// walk visits the leaves that match the segments, the most specific first, until visit is true.
func (n *node) walk(segments, wildcards []string, visit func(leaf, []string) bool) bool {
	if len(segments) == 0 {
		return len(n.end) > 0 && visit(n.end, wildcards)
	}
	first := segments[0]
	if next := n.literals[first]; next != nil && next.walk(segments[1:], wildcards, visit) {
		return true
	}
	if first != "" && n.wildcard != nil && n.wildcard.walk(segments[1:], append(wildcards, first), visit) {
		return true
	}
	return len(n.multi) > 0 && visit(n.multi, wildcards)
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

// params pairs the names of the wildcards with what they matched.
func (p *pattern) params(segments, matched []string) (params []param) {
	for _, s := range p.segments {
		if s.wildcard != "" {
			params = append(params, param{s.wildcard, matched[len(params)]})
		}
	}
	if p.rest != "" {
		params = append(params, param{p.rest, strings.Join(segments[len(p.segments):], "/")})
	}
	return params
}

// splitPath splits a path at its slashes and then decodes each segment once, so that an encoded
// slash stays within its segment.
func splitPath(path string) []string {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, s := range segments {
		if strings.IndexByte(s, '%') >= 0 {
			segments[i], _ = url.PathUnescape(s) // wire has checked the encoding
		}
	}
	return segments
}
