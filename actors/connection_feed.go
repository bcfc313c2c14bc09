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
	if c.appendPiece(ctx, &BodyRead{Bytes: sign}) && c.flush(ctx) {
		c.out.release()
		c.restStream()
	}
}

// drainStream tells a stream that the server drains, because it may have no end. One of the server itself ends.
func (c *connection) drainStream() {
	if feed, ends := c.outgoing.feed.(beating); ends {
		feed.leave()
	}
	c.hasten()
}

// stopFeed ends a feed and a coding whose content is not complete.
func (c *connection) stopFeed() {
	outgoing := c.outgoing
	c.outgoing.feed, c.outgoing.coding = nil, nil
	outgoing.release(c.env, c.ctx.Self())
}
