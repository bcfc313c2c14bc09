package wire

// A Representation is what the preconditions of a request are compared with: the selected representation of the target
// resource (RFC 9110 §8.8), or that there is none.
type Representation struct {
	Exists bool      // there is a current representation
	Tag    EntityTag // its ETag; "" if it has none

	// Modified is its Last-Modified, in seconds since the beginning of 1970; 0 if that is not known. ModifiedOnce says
	// that it reliably did not change twice during that second, so that the date is a strong validator (RFC 9110
	// §8.8.2.2). Only then does a date in If-Range get a part of it.
	Modified     int64
	ModifiedOnce bool
}

// An Outcome says how to go on after the preconditions of a request were evaluated.
type Outcome struct {
	Status int    // 0: perform the method; 304 Not Modified or 412 Precondition Failed: answer that instead
	Range  string // the Range to serve, for ParseRanges; "" if there is none, or if it is to be ignored
}

// Evaluate evaluates the preconditions of a request in the order of RFC 9110 §13.2.2. It needs to know now, in seconds
// since the beginning of 1970, to understand dates; see [ParseDate].
//
// Call it when the request would else be answered with a 2xx, and just before the method is performed (RFC 9110
// §13.2.1). A GET or HEAD of what does not exist would not, so it has the outcome to go on.
func (r Representation) Evaluate(method string, fields Fields, now int64) Outcome {
	retrieval := method == "GET" || method == "HEAD"
	switch {
	case retrieval && !r.Exists || method == "CONNECT" || method == "OPTIONS" || method == "TRACE":
		return Outcome{}
	case !r.ifMatch(fields) || !r.ifUnmodifiedSince(fields, now):
		return Outcome{Status: 412}
	case !r.ifNoneMatch(fields):
		if !retrieval {
			return Outcome{Status: 412}
		}
		return Outcome{Status: 304}
	case retrieval && !r.ifModifiedSince(fields, now):
		return Outcome{Status: 304}
	case method != "GET" || !r.ifRange(fields, now):
		return Outcome{} // range handling is defined for GET only (RFC 9110 §14.2)
	}
	value, _ := fields.single("Range")
	return Outcome{Range: value}
}

// The five conditions are true if their field is not there, or has to be ignored.

// ifMatch is the condition of RFC 9110 §13.1.1.
func (r Representation) ifMatch(fields Fields) bool {
	if !fields.Has("If-Match") {
		return true
	}
	listed, wellFormed := r.listed(fields, "If-Match", EntityTag.EqualStrong)
	return listed && wellFormed
}

// ifUnmodifiedSince is the condition of RFC 9110 §13.1.4.
func (r Representation) ifUnmodifiedSince(fields Fields, now int64) bool {
	value, _ := fields.single("If-Unmodified-Since")
	date, ok := ParseDate(value, now)
	return !ok || r.Modified == 0 || fields.Has("If-Match") || r.Modified <= date
}

// ifNoneMatch is the condition of RFC 9110 §13.1.2.
func (r Representation) ifNoneMatch(fields Fields) bool {
	listed, _ := r.listed(fields, "If-None-Match", EntityTag.EqualWeak)
	return !listed
}

// ifModifiedSince is the condition of RFC 9110 §13.1.3.
func (r Representation) ifModifiedSince(fields Fields, now int64) bool {
	value, _ := fields.single("If-Modified-Since")
	date, ok := ParseDate(value, now)
	return !ok || r.Modified == 0 || fields.Has("If-None-Match") || r.Modified > date
}

// ifRange is the condition of RFC 9110 §13.1.5. It is "by exact match", for dates too.
func (r Representation) ifRange(fields Fields, now int64) bool {
	if !fields.Has("If-Range") {
		return true
	}
	value, _ := fields.single("If-Range")
	if tag, ok := ParseEntityTag(value); ok {
		return tag.EqualStrong(r.Tag)
	}
	date, ok := ParseDate(value, now)
	return ok && r.Modified != 0 && date == r.Modified && r.ModifiedOnce
}

// listed reports whether a list of entity tags, on all its field lines, has that of the representation, and whether the
// list is well-formed. The members before a mistake count, so that a malformed If-None-Match still prevents what they
// were meant to prevent; for the same reason, a malformed If-Match is never true.
func (r Representation) listed(fields Fields, name string, equal func(a, b EntityTag) bool) (listed, wellFormed bool) {
	members, all := 0, false
	for i := range fields {
		if !equalFold(fields[i].Name, name) {
			continue
		}
		tag, rest, ok := cutListedTag(fields[i].Value)
		for ; tag != ""; tag, rest, ok = cutListedTag(rest) {
			members++
			all = all || tag == anyTag
			listed = listed || r.Exists && (tag == anyTag || equal(tag, r.Tag))
		}
		if !ok {
			return listed, false
		}
	}
	return listed, !all || members == 1
}

// single returns the value of the only field line with that name. It is false if there is none, or more than one.
func (f Fields) single(name string) (value string, ok bool) {
	for i := range f {
		if !equalFold(f[i].Name, name) {
			continue
		}
		if ok {
			return "", false
		}
		value, ok = f[i].Value, true
	}
	return value, ok
}
