package actors

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
