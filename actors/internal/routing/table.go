package routing

import (
	"fmt"
	"slices"
	"strings"
)

// A Table finds the entry for a method and a path. The zero value is empty. Many goroutines may read it at once while
// nothing is added.
type Table[T any] struct {
	entries []*Entry[T]
	root    node[T]
	depth   int      // the most segments that a pattern names
	taken   []string // the methods that patterns name, sorted; "" for any
	// static finds paths without wildcards directly; their leaves are in the tree as well.
	static map[string]*leaf[T]
}

// An Entry is a pattern with its value.
type Entry[T any] struct {
	Pattern Pattern
	Source  string // where the entry was made, for messages
	Value   T
}

// A node stands for a path up to a segment; its leaves are the patterns that end there.
type node[T any] struct {
	literals map[string]*node[T]
	wildcard *node[T]
	end      leaf[T] // for patterns that end with this segment
	multi    leaf[T] // for patterns that match any further segments
}

// A leaf holds the entries whose patterns have equal paths, one for each method.
type leaf[T any] []*Entry[T]

// Entries returns all entries, in the order in which they were added. They must not be changed.
func (t *Table[T]) Entries() []*Entry[T] { return t.entries }

// Conflict returns an error if a new entry conflicts with another one. The error names both.
func (t *Table[T]) Conflict(added *Entry[T]) error {
	for _, other := range t.entries {
		if relation := relate(added.Pattern, other.Pattern); relation == equal || relation == overlapping {
			return fmt.Errorf("pattern %q (at %s) conflicts with pattern %q (at %s): neither is more specific",
				added.Pattern.text, added.Source, other.Pattern.text, other.Source)
		}
	}
	return nil
}

// Add adds an entry. It must not conflict with another.
func (t *Table[T]) Add(added *Entry[T]) {
	t.entries = append(t.entries, added)
	t.depth = max(t.depth, len(added.Pattern.segments))
	if i, found := slices.BinarySearch(t.taken, added.Pattern.method); !found {
		t.taken = slices.Insert(t.taken, i, added.Pattern.method)
	}
	at, path, literal := &t.root, "", true
	for _, s := range added.Pattern.segments {
		at, path = at.child(s), path+"/"+s.literal
		literal = literal && s.wildcard == "" && !strings.Contains(s.literal, "/")
	}
	l := &at.end
	if added.Pattern.multi {
		l, path = &at.multi, path+"/" // "/a/" itself is one of the paths below it
	}
	*l = append(*l, added)
	if t.static == nil {
		t.static = make(map[string]*leaf[T])
	}
	if literal && (t.static[path] == nil || !added.Pattern.multi) {
		t.static[path] = l
	}
}

func (n *node[T]) child(s segment) *node[T] {
	if s.wildcard != "" {
		if n.wildcard == nil {
			n.wildcard = &node[T]{}
		}
		return n.wildcard
	}
	if n.literals == nil {
		n.literals = make(map[string]*node[T])
	}
	if n.literals[s.literal] == nil {
		n.literals[s.literal] = &node[T]{}
	}
	return n.literals[s.literal]
}

// entry returns the entry for the method: first its own, then GET for HEAD, then the one for any method.
func (l leaf[T]) entry(method string) (best *Entry[T]) {
	for _, e := range l {
		switch {
		case e.Pattern.method == method:
			return e
		case e.Pattern.method == "GET" && method == "HEAD":
			best = e
		case e.Pattern.method == "" && best == nil && method != "TRACE": // (RFC 9110 §9.3.8)
			best = e
		}
	}
	return best
}
