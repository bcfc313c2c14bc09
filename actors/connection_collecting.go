package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// collecting waits for the content of a request whose route wants it whole.
func (c *connection) collecting(ctx actor.Context) {
	switch ctx.Message().(type) {
	case *BytesArrived:
		if c.take(ctx) {
			c.collectMore(ctx)
		}
	case *DeadlinePassed:
		if deadline, _ := c.alarm.due(c.now); deadline {
			c.fail(ctx, 408, "The content did not arrive in time.")
		}
	}
}

// collectBody begins to collect: the router gave the request back, since its route wants the content
// whole. A client that waits to be told is told now (RFC 9110 §10.1.1).
func (c *connection) collectBody(ctx actor.Context) {
	c.behaviour, c.stage, c.since = collecting, decoding, c.now
	c.decoder.LimitBody(c.bodyLimit())
	if c.inviteContent(ctx) {
		c.collectMore(ctx)
	}
}

// collectMore collects what is there, and demands more or sends the request on.
func (c *connection) collectMore(ctx actor.Context) {
	err := c.collect()
	switch {
	case err != nil:
		c.reject(ctx, err)
	case c.request.complete:
		c.dispatch(ctx)
	case !c.env.content.reserve(&c.reserved, cap(c.content)):
		c.stage = requested
		c.respond(ctx, c.request.failure(503, "The server has no room for the content.").With("Retry-After", "1").Close())
	case c.flush(ctx):
		c.alarm.deadline(c.now, c.bodyTimeout())
		c.demand()
	}
}

// bodyTimeout is how long the next octets of the content may take: silence has an end, and so has
// content that trickles.
func (c *connection) bodyTimeout() time.Duration {
	silence, rate := c.env.config.BodyTimeout, c.env.config.BodyRate
	if silence < 0 || rate < 0 {
		return silence
	}
	earned := time.Duration(float64(len(c.content)) / float64(rate) * float64(time.Second))
	return max(min(silence, c.since.Add(silence+earned).Sub(c.now)), 0)
}

// collect takes what is there of the content, and completes the request at its end.
func (c *connection) collect() error {
	read := BodyRead{Bytes: c.content}
	err := c.readPiece(&read)
	c.content = read.Bytes
	if read.End {
		c.request.Body, c.request.Trailers = c.content, read.Trailers
		c.content = nil
	}
	return err
}
