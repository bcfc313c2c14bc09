package wire

// PreferredMediaType returns the offer that the client likes best, or "" if none is acceptable to it (RFC 9110
// §12.5.1). The values are those of all Accept field lines. The offers are media types, perhaps with parameters, in the
// server's order of preference: of two that the client likes equally, the first is returned.
//
// If there is no Accept, or no well-formed member in it, the client has no preference (RFC 9110 §12.4.1).
func PreferredMediaType(accept []string, offers ...string) (best string) {
	var highest quality
	for _, offer := range offers {
		if q := mediaTypeQuality(accept, offer); q > highest {
			best, highest = offer, q
		}
	}
	return best
}

// mediaTypeQuality is the quality of the most specific media range that the offer is in, 0 if it is in none. If there
// are several ranges as specific, it is the highest of theirs.
func mediaTypeQuality(accept []string, offer string) (q quality) {
	most, preference := 0, false
	for _, list := range accept {
		for member, rest := cutMember(list); member != ""; member, rest = cutMember(rest) {
			accepted, ok := parseMediaRange(member)
			if !ok {
				continue
			}
			preference = true
			switch specificity := accepted.matches(offer); {
			case specificity == 0 || specificity < most:
			case specificity > most:
				most, q = specificity, accepted.quality
			default:
				q = max(q, accepted.quality)
			}
		}
	}
	if !preference {
		return fullQuality
	}
	return q
}

// A mediaRange is a member of Accept. Its parameters are as received, and checked.
type mediaRange struct {
	kind, subtype string
	parameters    string // the weight among them
	count         int    // of the parameters, the weight not counted
	quality       quality
}

// parseMediaRange parses a member of Accept. The weight may be anywhere: recipients "SHOULD process any parameter named
// "q" as weight, regardless of parameter ordering".
//
// Accept = #( media-range [ weight ] ); media-range = ( "*/*" / ( type "/*" ) / ( type "/" subtype ) ) parameters (RFC
// 9110 §12.5.1)
func parseMediaRange(member string) (r mediaRange, ok bool) {
	r.kind, r.subtype, r.parameters, ok = cutType(member)
	if !ok || r.kind == "*" && r.subtype != "*" {
		return r, false
	}
	r.quality = fullQuality
	weighted := false
	for rest := r.parameters; ; {
		var name, value string
		name, value, rest, ok = cutParameter(rest)
		switch {
		case !ok || name != "" && r.count == maxParameters:
			return r, false
		case name == "":
			return r, true
		case !equalFold(name, "q"):
			r.count++
		case weighted:
			return r, false
		default:
			weighted = true
			if r.quality, ok = parseQuality(value); !ok {
				return r, false
			}
		}
	}
}

// matches returns how specific the range is if the offer is in it, else 0. A range with parameters is more specific
// than one without, and holds only types that have these parameters (RFC 9110 §12.5.1).
func (r mediaRange) matches(offer string) (specificity int) {
	kind, subtype, offered, ok := cutType(offer)
	switch {
	case !ok:
		return 0
	case r.kind == "*":
		specificity = 1
	case !equalFold(r.kind, kind):
		return 0
	case r.subtype == "*":
		specificity = 2
	case !equalFold(r.subtype, subtype):
		return 0
	default:
		specificity = 3
	}
	for name, value, rest, _ := cutParameter(r.parameters); name != ""; name, value, rest, _ = cutParameter(rest) {
		if !equalFold(name, "q") && !hasParameter(offered, name, value) {
			return 0
		}
	}
	return specificity*(maxParameters+1) + r.count
}

// hasParameter reports whether a list of parameters has one with that name and value. Of the values, only those of
// charset are known to be case-insensitive (RFC 9110 §8.3.2).
func hasParameter(list, name, value string) bool {
	for n, v, rest, _ := cutParameter(list); n != ""; n, v, rest, _ = cutParameter(rest) {
		if equalFold(n, name) {
			a, b := unquote(v), unquote(value)
			return a == b || equalFold(n, "charset") && equalFold(a, b)
		}
	}
	return false
}
