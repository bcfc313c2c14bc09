package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// awaiting waits for a request head, and between requests for the first octet of one.
func (c *connection) awaiting(ctx actor.Context) {
	switch ctx.Message().(type) {
	case *BytesArrived:
		if c.take(ctx) {
			c.next(ctx)
		}
	case *DeadlinePassed:
		if deadline, _ := c.alarm.due(c.now); !deadline {
			return
		}
		if c.decoder.MidMessage() {
			c.fail(ctx, 408, "The request did not arrive in time.") // (RFC 9110 §15.5.9)
			return
		}
		c.stop(ctx) // silence between exchanges is no error: nothing is said (RFC 9112 §9.5)
	}
}

// next decodes the next request, or waits for more octets.
func (c *connection) next(ctx actor.Context) {
	c.behaviour = awaiting
	if !c.counted {
		c.welcome() // a proxy may have said by now whom it speaks for
	}
	if c.coming == nil && c.decoder.Buffered() > 0 {
		c.coming = &Request{Peer: c.peer}
		c.decoder.Into(&c.coming.head, c.coming.fields[:])
	}
	event, err := c.decode()
	switch event := event.(type) {
	case *wire.RequestHead:
		c.begin(ctx, event)
	case nil:
		if err != nil {
			c.reject(ctx, err)
			return
		}
		c.wait(ctx)
	}
}

// wait sends what is held back and demands more octets, for as long as the timeout for them allows.
func (c *connection) wait(ctx actor.Context) {
	if !c.flush(ctx) {
		return
	}
	switch {
	case c.socket.Preparing():
		c.alarm.deadline(c.now, c.headTimeout())
	case !c.decoder.MidMessage():
		c.alarm.deadline(c.now, c.idleTimeout())
		c.begun = time.Time{}
	case c.begun.IsZero():
		c.begun = c.now // the first octets of a head: the rest must come within the timeout
		c.alarm.deadline(c.now, c.headTimeout())
	}
	c.demand()
}

// headTimeout is how long the connection waits for a head that has begun.
func (c *connection) headTimeout() time.Duration {
	if c.unwelcome {
		return lingerTimeout
	}
	return c.env.config.HeadTimeout
}

// idleTimeout is how long the connection waits for the first octet of a request.
func (c *connection) idleTimeout() time.Duration {
	switch {
	case c.env.draining():
		return drainGrace
	case c.unwelcome:
		return lingerTimeout
	}
	return c.env.config.IdleTimeout
}

// begin begins an exchange: the head is there.
func (c *connection) begin(ctx actor.Context, head *wire.RequestHead) {
	c.begun = c.now
	c.exchanges++
	c.request, c.coming = c.coming, nil
	c.request.Head, c.request.exchange = head, c.exchanges
	c.request.envelope = actor.MessageEnvelope{Message: c.request, Sender: ctx.Self()}
	// Content that is here already goes with the request; other content the route has to want first.
	if length := int64(head.Length); length == 0 ||
		length > 0 && length <= min(int64(c.decoder.Buffered()), c.env.config.Limits.Body) {
		if err := c.collect(); err != nil {
			c.reject(ctx, err)
			return
		}
	}
	if c.unwelcome { // (RFC 6585 §4)
		c.stage = requested
		c.respond(ctx, c.request.failure(429, "There are too many connections from this address.").
			With("Retry-After", "1").Close())
		return
	}
	if head.Target.HTTPS && !c.socket.Encrypted() { // (RFC 9110 §7.4)
		c.stage = requested
		c.respond(ctx, c.request.failure(421, "A target with the scheme https needs a connection with TLS."))
		return
	}
	c.dispatch(ctx)
}

// dispatch sends the request to the router and waits for the response.
func (c *connection) dispatch(ctx actor.Context) {
	c.behaviour, c.stage = exchanging, requested
	c.since, c.request.sent = c.now, int64(c.now.Sub(c.env.epoch))
	c.alarm.deadline(c.now, c.env.shortest)
	if len(c.out.pending()) > 0 {
		c.alarm.flushAfter(c.now, burstPause)
	}
	if c.decoder.Buffered() == 0 {
		c.socket.Release()
		c.socket.Watch()
	}
	c.probeLater()
	ctx.Send(c.router, &c.request.envelope)
}
