package routing

import (
	"net/url"
	"slices"
	"strings"
)

// Lookups in the table. The table bounds their cost, not the path: a lookup cuts as many segments as the longest
// pattern has, and visits a node at most once.

// usualDepth is how many segments of a path are cut without an allocation.
const usualDepth = 8

// A Param is what a wildcard of a pattern matched, percent-decoded.
type Param struct{ Name, Value string }

// match finds the most specific entry for the method and the percent-encoded path, and what its wildcards matched.
func (t *Table[T]) match(method, path string) (*Entry[T], []Param) {
	if end, found := t.static[path]; found && strings.IndexByte(path, '%') < 0 {
		if e := end.entry(method); e != nil && e.Pattern.rest == "" {
			return e, nil
		}
	}
	var room [usualDepth]string
	segments, more := t.cut(path, room[:0])
	found := t.root.find(method, segments, more)
	if found == nil {
		return nil, nil
	}
	return found, found.Pattern.params(segments, path)
}

// Resolve finds the value of the entry for the method and the path, whose percent-encoding must be valid, and what
// its wildcards matched. It finds none if the request must be redirected: for "/tree" if a more specific entry has
// "/tree/".
func (t *Table[T]) Resolve(method, path string) (value T, params []Param, ok bool) {
	found, params := t.match(method, path)
	if found == nil || found.Pattern.multi && t.isElsewhere(found, method, path) {
		return value, nil, false
	}
	return found.Value, params, true
}

// HasBetter reports whether "/tree" is requested and an entry matches, but a more specific one has "/tree/".
func (t *Table[T]) HasBetter(method, path string) bool {
	found, _ := t.match(method, path)
	return found != nil && t.isElsewhere(found, method, path)
}

// HasSubtree reports whether "/tree" is requested and there is an entry for "/tree/" or "/tree/{rest...}".
func (t *Table[T]) HasSubtree(method, path string) bool { return t.subtree(method, path) != nil }

// isElsewhere reports whether "/tree" is requested and its subtree has another, more specific entry than the one that
// matches.
func (t *Table[T]) isElsewhere(found *Entry[T], method, path string) bool {
	subtree := t.subtree(method, path)
	return subtree != nil && subtree != found
}

// subtree finds the entry of the subtree at a path: for "/tree" that of "/tree/" or "/tree/{rest...}". It is nil if
// another entry takes "/tree/".
func (t *Table[T]) subtree(method, path string) *Entry[T] {
	var room [usualDepth + 1]string
	segments, more := t.cut(path, room[:0])
	if more || strings.HasSuffix(path, "/") {
		return nil
	}
	found := t.root.find(method, append(segments, ""), false)
	if found == nil || !found.Pattern.multi || len(found.Pattern.segments) < len(segments) {
		return nil
	}
	return found
}

// Single returns the path with each row of slashes replaced by one, if an entry matches that; else "".
func (t *Table[T]) Single(path string) string {
	if !strings.Contains(path, "//") {
		return ""
	}
	parts := slices.DeleteFunc(strings.Split(path, "/"), func(part string) bool { return part == "" })
	single := "/" + strings.Join(parts, "/")
	if strings.HasSuffix(path, "/") && len(parts) > 0 {
		single += "/"
	}
	if len(t.Methods(single)) == 0 && len(t.Methods(single+"/")) == 0 {
		return ""
	}
	return single
}

// Methods lists the methods that entries take for the path, sorted, with "" for any method; none if no entry matches.
func (t *Table[T]) Methods(path string) (methods []string) {
	var room [usualDepth]string
	segments, more := t.cut(path, room[:0])
	t.root.walk(segments, more, func(l leaf[T]) bool {
		for _, e := range l {
			methods = append(methods, e.Pattern.method)
		}
		return false
	})
	return withHEAD(methods)
}

// Takes reports whether a pattern names the method.
func (t *Table[T]) Takes(method string) bool { return slices.Contains(t.taken, method) }

// AllMethods lists the methods that entries take, sorted.
func (t *Table[T]) AllMethods() []string { return withHEAD(slices.Clone(t.taken)) }

// withHEAD sorts methods, and adds HEAD if GET is there.
func withHEAD(methods []string) []string {
	if slices.Contains(methods, "GET") {
		methods = append(methods, "HEAD")
	}
	slices.Sort(methods)
	return slices.Compact(methods)
}

// find returns the most specific entry for the method and the segments; nil if there is none.
func (n *node[T]) find(method string, segments []string, more bool) (found *Entry[T]) {
	n.walk(segments, more, func(l leaf[T]) bool {
		found = l.entry(method)
		return found != nil
	})
	return found
}

// walk visits the leaves that match the segments, the most specific first, until visit returns true. more says that
// other segments follow. Only one way leads to a node, so none is visited twice.
func (n *node[T]) walk(segments []string, more bool, visit func(leaf[T]) bool) bool {
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

// cut appends the segments of a path, as many as patterns name, and reports whether there are more. It cuts at
// slashes first and then decodes, so that an encoded slash stays within its segment.
func (t *Table[T]) cut(path string, segments []string) (_ []string, more bool) {
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
		s, _ = url.PathUnescape(s) // the caller has checked the encoding
	}
	return s
}

// params pairs the names of the wildcards with what they matched. The segments are the first ones of the path.
func (p *Pattern) params(segments []string, path string) []Param {
	if p.wildcards == 0 {
		return nil
	}
	params := make([]Param, 0, p.wildcards)
	for i, s := range p.segments {
		if s.wildcard != "" {
			params = append(params, Param{s.wildcard, segments[i]})
		}
	}
	if p.rest != "" {
		rest := strings.TrimPrefix(path, "/")
		for range p.segments {
			_, rest, _ = strings.Cut(rest, "/")
		}
		params = append(params, Param{p.rest, decoded(rest)})
	}
	return params
}
