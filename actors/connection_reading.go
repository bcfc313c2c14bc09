package actors

import (
	"io"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// Content that a handler pulls: one piece for each ReadBody, until the exchange ends, also while the response is
// already being sent.

// readBody begins to read a piece for the actor that asked.
func (c *connection) readBody(ctx actor.Context, message *ReadBody) {
	if message.request == nil || message.request != c.request || c.reading.by != nil || ctx.Sender() == nil {
		if ctx.Sender() != nil {
			ctx.Respond(message.Fail(ErrExchangeOver))
		}
		return
	}
	c.reading.by = ctx.Sender()
	if !c.reading.begun && !c.beginReading(ctx) {
		return
	}
	c.readMore(ctx)
}

// beginReading sets the limit of the route, and sends a 100 (Continue) to a client that expects one (RFC 9110
// §10.1.1).
func (c *connection) beginReading(ctx actor.Context) bool {
	c.reading.begun = true
	if c.request.complete {
		return true
	}
	c.decoder.LimitBody(c.bodyLimit())
	return c.inviteContent(ctx)
}

// bodyLimit is how many octets of content the route of the request takes.
func (c *connection) bodyLimit() int64 {
	return c.request.route.bodyLimit(c.env.config.Limits.Body)
}

// inviteContent sends a 100 if the client waits for one, and its content is within the limit.
func (c *connection) inviteContent(ctx actor.Context) bool {
	if !c.request.head.ExpectContinue || c.decoder.Buffered() > 0 || c.stage == responding ||
		int64(c.request.head.Length) > c.bodyLimit() {
		return true
	}
	if err := c.out.appendHead(wire.ResponseHead{Status: 100}); err != nil {
		panic(err)
	}
	c.out.commit()
	return c.flush(ctx)
}

// readMore sends the reader what has arrived, or demands more.
func (c *connection) readMore(ctx actor.Context) {
	read := &BodyRead{Request: c.request}
	if c.request.complete {
		read.Trailers, read.End = c.request.Trailers, true
		if !c.request.pulled {
			read.Bytes, c.request.pulled = c.request.Body, true
		}
	} else if err := c.readPiece(read); err != nil {
		c.tellReader(ctx, &BodyRead{Request: c.request, Err: err})
		c.rejectContent(ctx, err)
		return
	}
	if len(read.Bytes) == 0 && !read.End {
		if c.flush(ctx) {
			c.alarm.deadline(c.now, c.env.config.BodyTimeout)
			c.demand()
		}
		return
	}
	if c.behaviour == streaming {
		c.restStream()
	} else {
		c.since = c.now // it is the handler's turn
		c.lookLater()
	}
	c.tellReader(ctx, read)
}

// readPiece adds the content that the decoder has, and completes the request at its end.
func (c *connection) readPiece(read *BodyRead) error {
	for {
		event, err := c.decode()
		switch event := event.(type) {
		case *wire.Data:
			read.Bytes = append(read.Bytes, event.Bytes...)
		case *wire.End:
			read.Trailers, read.End = Fields(event.Trailers), true
			c.request.complete = true
			return nil
		case nil:
			return err
		}
	}
}

func (c *connection) tellReader(ctx actor.Context, read *BodyRead) {
	if c.reading.by != nil {
		reader := c.reading.by
		c.reading.by = nil
		ctx.Send(reader, read)
	}
}

// arrived takes octets for the reader. Without a reader they stay in the socket.
func (c *connection) arrived(ctx actor.Context) {
	if c.socket.Broken() {
		c.leave(ctx)
		return
	}
	if c.reading.by == nil {
		c.probeLater()
		c.probeStream(ctx)
		return
	}
	octets, err := c.socket.Take()
	if err != nil {
		c.tellReader(ctx, &BodyRead{Request: c.request, Err: io.ErrUnexpectedEOF})
		c.leave(ctx)
		return
	}
	if len(octets) == 0 {
		c.socket.Demand()
		return
	}
	c.decoder.Feed(octets)
	c.readMore(ctx)
}

// rejectContent answers for content that broke a rule, or breaks the response off if it has begun.
func (c *connection) rejectContent(ctx actor.Context, err error) {
	if c.stage == responding {
		c.abort(ctx, err.Error())
		return
	}
	c.reject(ctx, err)
}
