package wire

// identity is the name of no content coding at all, for use in Accept-Encoding only (RFC 9110 §12.5.3).
const identity = "identity"

// PreferredCoding returns the content coding that the response is to have: one of the codings, "identity" for none, or
// "" if not even that is acceptable to the client (RFC 9110 §12.5.3). The values are those of all Accept-Encoding field
// lines. The codings are those that the server can apply, in its order of preference.
//
// A request without Accept-Encoding allows any coding and asks for none, so the answer is "identity". If the client
// likes a coding no less than none, it gets the coding.
func PreferredCoding(acceptEncoding []string, codings ...string) (best string) {
	if len(acceptEncoding) == 0 {
		return identity
	}
	var highest quality
	for _, coding := range codings {
		if q, _ := codingQuality(acceptEncoding, coding); q > highest {
			best, highest = coding, q
		}
	}
	// Without a coding, a representation is acceptable unless that is excluded, by name or by "*".
	if q, listed := codingQuality(acceptEncoding, identity); q > highest || !listed && best == "" {
		return identity
	}
	return best
}

// codingQuality returns the quality of a coding, and whether the list has it, by its name or by "*", which "matches any
// available content coding not explicitly listed".
//
// Accept-Encoding = #( codings [ weight ] ); codings = content-coding / "identity" / "*" (RFC 9110 §12.5.3)
func codingQuality(acceptEncoding []string, coding string) (q quality, listed bool) {
	var others quality
	wildcard := false
	for _, list := range acceptEncoding {
		for member, rest := cutElement(list); member != ""; member, rest = cutElement(rest) {
			name, weight, ok := parseWeighted(member)
			switch {
			case !ok:
			case name == "*":
				others, wildcard = max(others, weight), true
			case sameCoding(name, coding):
				q, listed = max(q, weight), true
			}
		}
	}
	if !listed {
		return others, wildcard
	}
	return q, true
}

// sameCoding compares content codings. They are case-insensitive (RFC 9110 §8.4.1), and two have an alias (§8.4.1.1,
// §8.4.1.3).
func sameCoding(a, b string) bool { return equalFold(withoutAlias(a), withoutAlias(b)) }

func withoutAlias(coding string) string {
	if equalFold(coding, "x-gzip") || equalFold(coding, "x-compress") {
		return coding[len("x-"):]
	}
	return coding
}
