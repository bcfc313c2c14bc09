package actors

import (
	"math"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// awaiting waits for a request head, and between requests for the first octet of one.
func (c *connection) awaiting(ctx actor.Context) {
	switch ctx.Message().(type) {
	case *bytesArrived:
		c.again = c.take(ctx)
	case *deadlinePassed:
		if deadline, _ := c.alarm.due(c.now); !deadline {
			return
		}
		if c.decoder.MidMessage() {
			c.fail(ctx, 408, "The request did not arrive in time.") // (RFC 9110 §15.5.9)
			return
		}
		if c.socket.Preparing() && !c.isHurried() {
			c.env.log.silent(ctx.Self(), c.socket.Peer(), c.headTimeout())
		}
		c.stop(ctx) // silence between exchanges is no error: nothing is said (RFC 9112 §9.5)
	}
}

// next decodes the next request, or waits for more octets.
func (c *connection) next(ctx actor.Context) {
	c.behaviour = awaiting
	c.meet() // by now a proxy may have named its client
	if c.coming == nil && c.decoder.Buffered() > 0 {
		c.coming = &Request{env: c.env, origin: c.client.origin, from: c.client.account.Load()}
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

// wait sends held-back octets and demands more from the client, within the timeout.
func (c *connection) wait(ctx actor.Context) {
	if !c.flush(ctx) {
		return
	}
	if c.client.idleSince.Load() == 0 {
		c.client.idleSince.Store(c.now)
	}
	switch {
	case c.socket.Preparing():
		c.alarm.deadline(c.now, c.headTimeout())
	case !c.decoder.MidMessage():
		c.alarm.deadline(c.now, c.idleTimeout())
		c.begun = 0
	case c.begun == 0:
		c.begun = c.now // the first octets of a head: the rest must come within the timeout
		c.alarm.deadline(c.now, c.headTimeout())
	}
	c.demand()
}

// headTimeout is how long the connection waits for a head that has begun.
func (c *connection) headTimeout() time.Duration {
	if c.isHurried() {
		return lingerTimeout
	}
	return c.env.config.HeadTimeout
}

// idleTimeout is how long the connection waits for the first octet of a request.
func (c *connection) idleTimeout() time.Duration {
	switch {
	case c.env.draining():
		return drainGrace
	case c.isHurried():
		return lingerTimeout
	}
	return c.env.config.IdleTimeout
}

// isHurried reports whether the connection must end soon.
func (c *connection) isHurried() bool {
	return c.env.draining() || c.client.surplus || c.client.account.Load() != nil && !c.client.welcome
}

// begin begins an exchange, once the head is complete.
func (c *connection) begin(ctx actor.Context, head *wire.RequestHead) {
	c.begun = c.now
	c.client.idleSince.Store(0)
	c.exchanges++
	c.request, c.coming = c.coming, nil
	c.request.exchange = c.exchanges
	c.request.envelope = actor.MessageEnvelope{Message: c.request, Sender: ctx.Self()}
	c.request.resolve()
	// Content that has already arrived stays with the request, even if the request is refused.
	if length := int64(head.Length); length == 0 ||
		length > 0 && length <= min(int64(c.decoder.Buffered()), c.env.config.Limits.Body, freeContent) {
		if _, err := c.collect(); err != nil {
			c.reject(ctx, err)
			return
		}
	}
	refusal := c.refusal()
	if refusal == nil && c.request.route != nil && len(c.request.route.filters.before) > 0 {
		c.stage, c.request.sent = requested, c.now // if a filter ends the goroutine, the next incarnation answers
		refusal = c.request.before(ctx.Self())
	}
	switch {
	case refusal != nil:
		c.stage = requested
		c.respond(ctx, refusal)
	case c.request.wantsContent():
		c.collectBody(ctx)
	default:
		c.dispatch(ctx)
	}
}

// wantsContent reports whether the handler takes the content whole and some of it is still missing.
func (r *Request) wantsContent() bool { return !r.complete && r.route != nil && !r.route.streams }

// refusal is the server's own answer to a request that must not reach a handler; nil if there is none.
func (c *connection) refusal() *Response {
	r, head := c.request, &c.request.head
	c.client.surplus = c.client.surplus && c.env.connections.areTooMany()
	switch {
	case !c.client.welcome: // (RFC 6585 §4)
		return r.failure(429, "There are too many connections from this address.").With("Retry-After", "1").Close()
	case c.client.surplus && !r.isVital():
		return r.failure(503, "There are too many connections.").With("Retry-After", "1").Close()
	case head.Target.HTTPS && !c.socket.Encrypted(): // (RFC 9110 §7.4)
		return r.failure(421, "A target with the scheme https needs a connection with TLS.")
	case r.complete && int64(len(r.Body)) > r.route.bodyLimit(math.MaxInt64):
		return r.failure(413, "The content is too large for this route.")
	}
	return nil
}

// dispatch sends the request to the router and waits for the response.
func (c *connection) dispatch(ctx actor.Context) {
	c.behaviour, c.stage = exchanging, requested
	c.since, c.request.sent, c.request.sealed = c.now, c.now, true
	c.alarm.deadline(c.now, c.request.firstLook(&c.env.config))
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
