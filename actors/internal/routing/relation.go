package routing

// A relation compares the requests that one pattern matches with those of another.
type relation uint8

const (
	equal relation = iota
	narrower
	wider
	overlapping
	disjoint
)

// and combines the relations of two independent parts.
func (r relation) and(other relation) relation {
	switch {
	case r == disjoint || other == disjoint:
		return disjoint
	case r == equal:
		return other
	case other == equal || r == other:
		return r
	}
	return overlapping
}

// relate compares two patterns. They conflict if some request matches both and neither is narrower.
func relate(a, b Pattern) relation { return relateMethods(a.method, b.method).and(relatePaths(a, b)) }

func relateMethods(a, b string) relation {
	switch {
	case a == b:
		return equal
	case a == "" || a == "GET" && b == "HEAD":
		return wider
	case b == "" || b == "GET" && a == "HEAD":
		return narrower
	}
	return disjoint
}

func relatePaths(a, b Pattern) relation {
	result := equal
	for i := range min(len(a.segments), len(b.segments)) {
		result = result.and(relateSegments(a.segments[i], b.segments[i]))
	}
	switch {
	case len(a.segments) == len(b.segments) && a.multi == b.multi:
		return result
	case a.multi && (len(a.segments) < len(b.segments)):
		return result.and(wider)
	case b.multi && (len(b.segments) < len(a.segments)):
		return result.and(narrower)
	}
	return disjoint
}

func relateSegments(a, b segment) relation {
	switch {
	case a.wildcard != "" && b.wildcard != "":
		return equal
	case a.wildcard != "" && b.literal != "":
		return wider
	case b.wildcard != "" && a.literal != "":
		return narrower
	case a.wildcard == "" && b.wildcard == "" && a.literal == b.literal:
		return equal
	}
	return disjoint
}
