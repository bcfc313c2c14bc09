package actors

import (
	"slices"

	"github.com/asynkron/protoactor-go/actor"
)

// Before calls functions for each request of the route, in order, before its content is read and before it waits for
// anything. If a function returns a response, that is the answer: later functions and the handler do not see the
// request. To let the request pass, it returns nil. If it panics, the answer is 500.
//
// The connection calls the functions, for many requests at once; a function that blocks delays only its own
// connection. It can pass what it learns to the handler: see [Request.Set].
func Before(filters ...func(*Request) *Response) RouteOption {
	for _, filter := range filters {
		if filter == nil {
			mistake("Before: a function is nil")
		}
	}
	return routeOption(func(r *route) { r.filters.before = append(r.filters.before, filters...) })
}

// After calls functions for each response to a request of the route, before its head is sent. They also see responses
// of Before and the server's own, such as a 503. They may change the response, for example with With; the content of
// a stream does not exist yet. The functions of a route are called before those of its group. If one panics, the
// answer is 500.
func After(filters ...func(*Request, *Response)) RouteOption {
	for _, filter := range filters {
		if filter == nil {
			mistake("After: a function is nil")
		}
	}
	return routeOption(func(r *route) { r.filters.after = append(filters[:len(filters):len(filters)], r.filters.after...) })
}

// filters are the functions of Before and After of a route.
type filters struct {
	before []func(*Request) *Response
	after  []func(*Request, *Response)
}

// Set keeps a value for the handler, which gets it from Value: for example who the client is. Only functions of
// [Before] may call it. The key should have a type of your own, as for context.WithValue.
func (r *Request) Set(key, value any) {
	if r.sealed {
		mistake("Set: the request was sent to its handler, and does not change any more: Set is for functions of Before")
	}
	if r.values == nil {
		r.values = make(map[any]any)
	}
	r.values[key] = value
}

// Value returns what a function of [Before] has set for the key; nil if none has.
func (r *Request) Value(key any) any { return r.values[key] }

// before returns the answer of the route's filters; nil if the handler is to answer. A filter runs within the link of
// the exchange: a panic is answered 500, and changes nothing else.
func (r *Request) before(within *actor.PID) (refusal *Response) {
	if r.route == nil {
		return nil
	}
	for _, filter := range r.route.filters.before {
		if !r.filter(within, func() { refusal = filter(r) }) {
			return r.failure(500, "A filter of this route failed on this request.")
		}
		if refusal != nil {
			break
		}
	}
	if refusal != nil && refusal.request != r {
		r.env.log.noResponse(within, r, refusal)
		r.env.discard(refusal)
		return r.failure(500, "A filter of this route answered with something that is no response to this request.")
	}
	return refusal
}

// after returns the response as the filters of the route leave it. They see one response of an exchange: what the
// server answers when they fail, or when HTTP does not allow what they leave, they do not see.
func (x *exchange) after(within *actor.PID, response *Response) *Response {
	r := x.request
	if r.route == nil || len(r.route.filters.after) == 0 || x.filtered {
		return response
	}
	x.filtered = true                             // first: a filter may end the goroutine
	changed := *response                          // a copy: the sender may send the original again
	changed.Fields = slices.Clone(changed.Fields) // many responses may share the original ones
	for _, filter := range r.route.filters.after {
		before := changed
		done := r.filter(within, func() { filter(r, &changed) })
		if !changed.sameStream(&before) { // the filter has put another response in its place
			r.env.discard(&before)
		}
		if !done {
			r.env.discard(&changed)
			return r.failure(500, "A filter of this route failed on the response.")
		}
	}
	return &changed
}

// filter calls a foreign function. It returns false if that panics.
func (r *Request) filter(within *actor.PID, call func()) (done bool) {
	r.env.guard(within, &r.envelope, func() {
		call()
		done = true
	})
	return done
}
