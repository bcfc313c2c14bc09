package actors

import "github.com/asynkron/protoactor-go/actor"

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
	c.behaviour, c.stage = collecting, decoding
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
	case c.flush(ctx):
		c.alarm.deadline(c.now, c.env.config.BodyTimeout)
		c.demand()
	}
}

// collect takes what is there of the content, and completes the request at its end.
func (c *connection) collect() error {
	read := BodyRead{Bytes: c.content}
	err := c.readPiece(&read)
	c.content = read.Bytes
	if read.End {
		c.request.Body, c.request.unread, c.request.Trailers = c.content, c.content, read.Trailers
		c.content = nil
	}
	return err
}
