package actors

import "github.com/asynkron/protoactor-go/actor"

// Before calls functions for each request of the route, in order, before its content is read and before it waits for
// anything. A function that returns a response answers the request: the others, and the handler, do not see it. Others
// return nil. A panic is a 500.
//
// The functions are called by the connection, for many requests at once; one that waits holds up its connection alone.
// What they learn they may leave for the handler: see [Request.Set].
func Before(filters ...func(*Request) *Response) RouteOption {
	for _, filter := range filters {
		if filter == nil {
			mistake("Before: a function is nil")
		}
	}
	return routeOption(func(r *route) { r.filters.before = append(r.filters.before, filters...) })
}

// After calls functions for each response to a request of the route, before its head is sent: also for one of Before, and
// for the server's own, such as a 503. They may change the response, for example by With; the content of a stream is not
// there yet. Those of a route are called before those of its group. A panic is a 500.
func After(filters ...func(*Request, *Response)) RouteOption {
	for _, filter := range filters {
		if filter == nil {
			mistake("After: a function is nil")
		}
	}
	return routeOption(func(r *route) { r.filters.after = append(filters[:len(filters):len(filters)], r.filters.after...) })
}

// filters are what a route does with its requests and responses.
type filters struct {
	before []func(*Request) *Response
	after  []func(*Request, *Response)
}

// Set keeps a value for the handler, which gets it by Value: who the client is, for example. Only functions of [Before] may
// call it. A key is best of a type of your own, as those of a context are.
func (r *Request) Set(key, value any) {
	if r.sealed {
		mistake("Set: the request was sent to its handler, and does not change any more: Set is for functions of Before")
	}
	if r.values == nil {
		r.values = make(map[any]any)
	}
	r.values[key] = value
}

// Value is what a function of [Before] has set for the key; nil if none has.
func (r *Request) Value(key any) any { return r.values[key] }

// before is what the filters of the route answer instead of the handler; nil if that is to answer. They run within the link
// of the exchange: a panic is answered 500, and changes nothing else.
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
		return r.failure(500, "A filter of this route answered with something that is no response to this request.")
	}
	return refusal
}

// after is a response as the filters of the route leave it.
func (r *Request) after(within *actor.PID, response *Response) *Response {
	if r.route == nil || len(r.route.filters.after) == 0 || response.filtered {
		return response
	}
	changed := *response // who has sent it may send it again
	changed.filtered = true
	for _, filter := range r.route.filters.after {
		if !r.filter(within, func() { filter(r, &changed) }) {
			r.env.discard(response)
			failed := r.failure(500, "A filter of this route failed on the response.")
			failed.filtered = true
			return failed
		}
	}
	return &changed
}

// filter calls a function that is not ours. It is false if that has panicked.
func (r *Request) filter(within *actor.PID, call func()) (done bool) {
	r.env.guard(within, &r.envelope, func() {
		call()
		done = true
	})
	return done
}
