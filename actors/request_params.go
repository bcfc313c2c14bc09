package actors

import (
	"fmt"
	"iter"
	"strconv"

	"github.com/google/uuid"
)

// Params yields the names of the wildcards in the route's pattern, and what they matched, percent-decoded, in order.
func (r *Request) Params() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, p := range r.params {
			if !yield(p.Name, p.Value) {
				return
			}
		}
	}
}

// Int returns a path parameter as an integer. The error is a *[Problem] for [Request.Fail]: 404, because no resource has
// that address.
func (r *Request) Int(name string) (int, error) { return ParamAs(r, name, strconv.Atoi) }

// UUID returns a path parameter as a UUID (RFC 9562), in its usual form of 36 characters. The error is a *[Problem]: 404.
func (r *Request) UUID(name string) (uuid.UUID, error) {
	return ParamAs(r, name, func(text string) (uuid.UUID, error) {
		if len(text) != 36 {
			return uuid.UUID{}, fmt.Errorf("a UUID has 36 characters")
		}
		return uuid.Parse(text)
	})
}

// ParamAs returns a path parameter as parse reads it, for example time.ParseDuration or netip.ParseAddr. The error is a
// *[Problem] for [Request.Fail]: 404, because no resource has that address. If parse returns a *Problem, that is the
// error.
func ParamAs[T any](r *Request, name string, parse func(string) (T, error)) (T, error) {
	known := false
	for each := range r.Params() {
		known = known || each == name
	}
	if !known {
		mistake("the pattern %q has no wildcard {%s}", r.Pattern(), name)
	}
	value, err := parse(r.Param(name))
	if err == nil {
		return value, nil
	}
	var zero T
	if problem, is := err.(*Problem); is {
		return zero, problem
	}
	return zero, &Problem{Status: 404, Detail: fmt.Sprintf("There is nothing at this address: %q is no valid %s.", r.Param(name), name)}
}
