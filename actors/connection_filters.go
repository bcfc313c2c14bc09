package actors

import "github.com/asynkron/protoactor-go/actor"

// The functions of Before and After run within the connection: a panic of one is answered 500, and changes nothing else.

// before is what the filters of the route answer instead of the handler; nil if that is to answer.
func (c *connection) before(ctx actor.Context) (refusal *Response) {
	r := c.request
	if r.route == nil || len(r.route.filters.before) == 0 {
		return nil
	}
	c.stage, r.sent = requested, c.clock() // one that ends its goroutine has the next incarnation answer
	for _, filter := range r.route.filters.before {
		if !c.filter(ctx, func() { refusal = filter(r) }) {
			return r.failure(500, "A filter of this route failed on this request.")
		}
		if refusal != nil {
			break
		}
	}
	if refusal != nil && refusal.request != r {
		c.env.log.noResponse(ctx.Self(), r, refusal)
		return r.failure(500, "A filter of this route answered with something that is no response to this request.")
	}
	return refusal
}

// after is a response as the filters of the route leave it.
func (c *connection) after(ctx actor.Context, response *Response) *Response {
	r := c.request
	if r.route == nil || len(r.route.filters.after) == 0 || response.filtered {
		return response
	}
	changed := *response // who has sent it may send it again
	changed.filtered = true
	for _, filter := range r.route.filters.after {
		if !c.filter(ctx, func() { filter(r, &changed) }) {
			c.env.discard(response)
			failed := r.failure(500, "A filter of this route failed on the response.")
			failed.filtered = true
			return failed
		}
	}
	return &changed
}

// filter calls a function that is not ours. It is false if that has panicked.
func (c *connection) filter(ctx actor.Context, call func()) (done bool) {
	c.env.guard(ctx.Self(), &c.request.envelope, func() {
		call()
		done = true
	})
	return done
}
