package actors

import (
	"net/url"
	"slices"
	"strings"
)

// How the table is read. What a lookup costs is bounded by the table, not by the path: it cuts as many
// segments as the longest pattern has, and visits a node at most once.

// usualDepth is how many segments of a path are cut without asking for memory.
const usualDepth = 8

// match finds the most specific route for the method and the percent-encoded path, and what its
// wildcards matched.
func (t *routeTable) match(method, path string) (*route, []param) {
	if end, found := t.static[path]; found && strings.IndexByte(path, '%') < 0 {
		if r := end.route(method); r != nil && r.pattern.rest == "" {
			return r, nil
		}
	}
	var room [usualDepth]string
	segments, more := t.cut(path, room[:0])
	found := t.root.find(method, segments, more)
	if found == nil {
		return nil, nil
	}
	return found, found.pattern.params(segments, path)
}

// resolve finds the route that a request is for, and what its wildcards matched. There is none for a request that is to be
// sent elsewhere: for "/tree" where a more specific route has "/tree/".
func (t *routeTable) resolve(method, path string) (*route, []param) {
	found, params := t.match(method, path)
	if found != nil && found.pattern.multi && t.isElsewhere(found, method, path) {
		return nil, nil
	}
	return found, params
}

// isElsewhere reports whether "/tree" is requested while there is only a route for "/tree/", or "/tree/{rest...}". Another
// route than that may match as well, which is less specific.
func (t *routeTable) isElsewhere(found *route, method, path string) bool {
	subtree := t.subtree(method, path)
	return subtree != nil && subtree != found
}

// subtree finds the route of the subtree with that name: that of "/tree/" or "/tree/{rest...}" for "/tree". It is nil if
// another route takes "/tree/".
func (t *routeTable) subtree(method, path string) *route {
	var room [usualDepth + 1]string
	segments, more := t.cut(path, room[:0])
	if more || strings.HasSuffix(path, "/") {
		return nil
	}
	found := t.root.find(method, append(segments, ""), false)
	if found == nil || !found.pattern.multi || len(found.pattern.segments) < len(segments) {
		return nil
	}
	return found
}

// single is the path with one slash for each row of them, if only that is a route's; else "".
func (t *routeTable) single(path string) string {
	if !strings.Contains(path, "//") {
		return ""
	}
	parts := slices.DeleteFunc(strings.Split(path, "/"), func(part string) bool { return part == "" })
	single := "/" + strings.Join(parts, "/")
	if strings.HasSuffix(path, "/") && len(parts) > 0 {
		single += "/"
	}
	if len(t.methods(single)) == 0 && len(t.methods(single+"/")) == 0 {
		return ""
	}
	return single
}

// methods lists the methods that some route takes for the path, sorted; none if no route has it.
func (t *routeTable) methods(path string) (methods []string) {
	var room [usualDepth]string
	segments, more := t.cut(path, room[:0])
	t.root.walk(segments, more, func(l leaf) bool {
		for _, r := range l {
			methods = append(methods, r.pattern.method)
		}
		return false
	})
	return withHEAD(methods)
}

// allMethods lists the methods that some route takes, sorted.
func (t *routeTable) allMethods() []string { return withHEAD(slices.Clone(t.taken)) }

// withHEAD sorts methods, and adds HEAD where there is GET.
func withHEAD(methods []string) []string {
	if slices.Contains(methods, "GET") {
		methods = append(methods, "HEAD")
	}
	slices.Sort(methods)
	return slices.Compact(methods)
}

// find is the most specific route for the method and the segments, nil if there is none.
func (n *node) find(method string, segments []string, more bool) (found *route) {
	n.walk(segments, more, func(l leaf) bool {
		found = l.route(method)
		return found != nil
	})
	return found
}

// walk visits the leaves that match the segments, the most specific first, until visit is true; with
// more, other segments follow. A node is reached on one way only, so none is visited twice.
func (n *node) walk(segments []string, more bool, visit func(leaf) bool) bool {
	if len(segments) > 0 {
		first, others := segments[0], segments[1:]
		if next := n.literals[first]; next != nil && next.walk(others, more, visit) {
			return true
		}
		if first != "" && n.wildcard != nil && n.wildcard.walk(others, more, visit) {
			return true
		}
	} else if !more {
		return len(n.end) > 0 && visit(n.end)
	}
	return len(n.multi) > 0 && visit(n.multi)
}

// cut appends the segments of a path, as far as patterns name segments, and says whether there are
// more. It cuts at slashes first and then decodes, so that an encoded slash stays within its segment.
func (t *routeTable) cut(path string, segments []string) (_ []string, more bool) {
	path, more = strings.TrimPrefix(path, "/"), true
	for more && len(segments) < t.depth {
		var segment string
		segment, path, more = strings.Cut(path, "/")
		segments = append(segments, decoded(segment))
	}
	return segments, more
}

func decoded(s string) string {
	if strings.IndexByte(s, '%') >= 0 {
		s, _ = url.PathUnescape(s) // wire has checked the encoding
	}
	return s
}

// params pairs the names of the wildcards with what they matched of the path, whose first segments
// are those.
func (p *pattern) params(segments []string, path string) []param {
	if p.wildcards == 0 {
		return nil
	}
	params := make([]param, 0, p.wildcards)
	for i, s := range p.segments {
		if s.wildcard != "" {
			params = append(params, param{s.wildcard, segments[i]})
		}
	}
	if p.rest != "" {
		rest := strings.TrimPrefix(path, "/")
		for range p.segments {
			_, rest, _ = strings.Cut(rest, "/")
		}
		params = append(params, param{p.rest, decoded(rest)})
	}
	return params
}
