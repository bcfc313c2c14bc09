package actors

import "github.com/asynkron/protoactor-go/actor"

// Streams of the server itself.

// beginFeed notes that the server itself sends the rest of the response, perhaps for long.
func (c *connection) beginFeed() {
	if _, long := c.outgoing.feed.(beating); long {
		c.request.leavePlaceEarly()
	}
}

// restStream lets a stream be silent: for any time, or until it has to give a sign of life.
func (c *connection) restStream() {
	if feed, beats := c.outgoing.feed.(beating); beats {
		if after, _ := feed.beat(); after > 0 {
			c.alarm.deadline(c.now, after)
			return
		}
	}
	c.alarm.rest()
}

// beat gives a sign of life. It returns false if the stream needs none now, because the deadline is another one.
func (c *connection) beat(ctx actor.Context) bool {
	feed, beats := c.outgoing.feed.(beating)
	if !beats || c.reading.by != nil {
		return false
	}
	_, sign := feed.beat()
	c.sign(ctx, sign)
	return true
}

// sign sends a piece that the feed was not asked for.
func (c *connection) sign(ctx actor.Context, sign []byte) {
	content, err := c.encodedPiece(ctx, &BodyRead{Bytes: sign})
	if err != nil {
		c.abort(ctx, describe(err))
		return
	}
	taken, err := c.appendContent(ctx, content)
	if err != nil {
		c.abort(ctx, err.Error())
		return
	}
	c.outgoing.octets += int64(len(content))
	if taken && c.flush(ctx) {
		c.out.release()
		c.restStream()
	}
}

// drainStream tells a stream that the server drains, because it may have no end. One of the server itself ends.
func (c *connection) drainStream(ctx actor.Context) {
	c.hasten()
	if feed, ends := c.outgoing.feed.(beating); ends && !c.parting.leaving {
		c.sendPiece(ctx, &BodyRead{Request: c.request, Bytes: feed.farewell(), End: true})
	}
}

// stopFeed ends a feed and a coding whose content is not complete.
func (c *connection) stopFeed() {
	outgoing := c.outgoing
	c.outgoing.feed, c.outgoing.coding = nil, nil
	outgoing.release(c.env, c.ctx.Self())
}

// release ends the feed and the coding of a response. They may have foreign code.
func (o *outgoing) release(env *env, who *actor.PID) {
	if o.coding != nil {
		env.guard(who, nil, func() { o.coding.close() })
	}
	if o.feed != nil {
		env.guard(who, nil, o.feed.stop)
	}
}

// pull asks a feed for the next piece. It returns false if that panics: no piece will come.
func (env *env) pull(from feed, demand *ReadBody, to *actor.PID) (asked bool) {
	env.guard(to, demand, func() {
		from.pull(demand, to)
		asked = true
	})
	return asked
}
