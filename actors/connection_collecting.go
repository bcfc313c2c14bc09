package actors

import (
	"bytes"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// A body is the content of a request while the connection collects it.
type body struct {
	content []byte  // so far
	spill   []byte  // the next octets, which have no room yet
	waits   instant // when it began to wait for room; zero if it does not
	upload  *upload // nil if all came with the head
}

// endBody releases what was collected. If the request does not have the content, it makes room before it ends the
// upload: an upload that waits for this room must not ask a third one to give way meanwhile.
func (c *connection) endBody() {
	b, content := &c.body, &c.env.content
	if b.upload != nil {
		if !c.request.complete {
			b.content = nil
			c.request.releaseContent()
		}
		if asked := content.uploads.end(b.upload); asked {
			content.wake() // it was about to give way, and has come to its end
		}
	}
	*b = body{}
}

// freeContent is how many octets of content each connection may hold besides the shared room.
const freeContent = 16 << 10

// collecting waits for the content of a request whose route wants it whole.
func (c *connection) collecting(ctx actor.Context) {
	switch ctx.Message().(type) {
	case *bytesArrived:
		switch awaitsRoom := len(c.body.spill) > 0; {
		case awaitsRoom && c.socket.Broken():
			c.stop(ctx)
		case !awaitsRoom && c.take(ctx):
			c.collectMore(ctx)
		}
	case *roomMade:
		if len(c.body.spill) > 0 {
			c.collectMore(ctx)
		}
	case *deadlinePassed:
		if deadline, _ := c.alarm.due(c.now); deadline {
			c.collectedInTime(ctx)
		}
	}
}

// collectBody begins to collect, for a route that wants the content whole. A client that expects a 100 (Continue)
// gets it now (RFC 9110 §10.1.1).
func (c *connection) collectBody(ctx actor.Context) {
	c.behaviour, c.stage = collecting, decoding
	c.body.upload = c.env.content.uploads.begin(ctx.Self(), c.now)
	c.decoder.LimitBody(c.bodyLimit())
	if c.inviteContent(ctx) {
		c.collectMore(ctx)
	}
}

// collectMore collects what has arrived, then demands more or sends the request on.
func (c *connection) collectMore(ctx actor.Context) {
	room, err := c.collect()
	if err == nil && !room {
		c.env.content.uploads.await(c.body.upload)
		room, err = c.collect() // some may have been freed meanwhile
	}
	switch {
	case err != nil:
		c.reject(ctx, err)
	case c.request.complete:
		c.dispatch(ctx)
	case !room:
		c.awaitRoom(ctx)
	case c.flush(ctx):
		c.body.waits = 0
		c.alarm.deadline(c.now, c.bodyTimeout())
		c.demand()
	}
}

// awaitRoom waits for room: first for that of content that no actor refers to, then for that of the slowest upload,
// which gives way. The request fails if its own upload is the slowest, or if it has waited for roomPatience.
func (c *connection) awaitRoom(ctx actor.Context) {
	if c.body.waits == 0 {
		c.body.waits = c.now
	}
	content, patience := &c.env.content, between(c.now, after(c.body.waits, roomPatience))
	if patience <= 0 {
		c.failForRoom(ctx)
		return
	}
	if !content.lookForGarbage(c.now) {
		slowest, found := content.uploads.makeRoom(c.body.upload, c.now)
		if !found {
			c.failForRoom(ctx)
			return
		}
		if slowest != nil {
			ctx.Send(slowest.connection, &giveWay{upload: slowest})
		}
	}
	if c.flush(ctx) {
		c.alarm.deadline(c.now, min(patience, giveWayTime))
	}
}

// roomPatience is how long an upload waits for room.
const roomPatience = time.Second

// failForRoom answers a request whose content the server cannot hold (RFC 9110 §15.6.4).
func (c *connection) failForRoom(ctx actor.Context) {
	c.stage = requested
	c.respond(ctx, c.request.failure(503, "The server has no room for the content.").With("Retry-After", "1").Close())
}

// giveWay ends a slow upload, or an idle connection, because others need the room.
func (c *connection) giveWay(ctx actor.Context, message *giveWay) {
	switch {
	case message.upload == nil:
		if c.behaviour == awaiting && c.client.idleSince.Load() == message.since {
			c.stop(ctx)
		}
	case message.upload == c.body.upload && c.behaviour == collecting:
		c.fail(ctx, 408, "The content came more slowly than that of others, and the server had no more room.")
	}
}

// collectedInTime answers 408 if the content comes too slowly, or waits for the next window.
func (c *connection) collectedInTime(ctx actor.Context) {
	config := &c.env.config
	switch {
	case len(c.body.spill) > 0:
		c.collectMore(ctx)
	case config.BodyTimeout >= 0 && between(c.since, c.now) >= config.BodyTimeout,
		config.BodyRate >= 0 && c.body.upload.isTooSlow(c.now, config.BodyTimeout, config.BodyRate):
		c.fail(ctx, 408, "The content did not arrive in time.")
	default:
		c.alarm.deadline(c.now, c.bodyTimeout())
	}
}

// bodyTimeout is how long the next octets of the content may take: it bounds both silence and content that trickles.
// Each window of BodyTimeout must bring BodyRate octets per second; earlier octets do not count.
func (c *connection) bodyTimeout() time.Duration {
	silence := c.env.config.BodyTimeout
	if silence < 0 || c.env.config.BodyRate < 0 {
		return silence
	}
	return max(between(c.now, after(min(c.since, c.body.upload.window), silence)), 0)
}

// collect takes the content that has arrived, and completes the request at its end. It returns false if there is no
// room for more.
func (c *connection) collect() (room bool, err error) {
	b := &c.body
	c.since = c.now
	if !c.collectPiece(b.spill) {
		return false, nil
	}
	b.spill = nil
	for {
		event, err := c.decode()
		switch event := event.(type) {
		case *wire.Data:
			if !c.collectPiece(event.Bytes) {
				b.spill = bytes.Clone(event.Bytes)
				return false, nil
			}
		case *wire.End:
			c.request.Body, c.request.Trailers, c.request.complete = b.content, Fields(event.Trailers), true
			c.endBody()
			return true, nil
		case nil:
			return true, err
		}
	}
}

// collectPiece adds a piece, if there is room for it.
func (c *connection) collectPiece(piece []byte) bool {
	b := &c.body
	if need := len(b.content) + len(piece); need > cap(b.content) {
		room := max(need, 2*cap(b.content))
		if announced := int(c.request.head.Length); announced >= need {
			room = min(roomGrowth(need, announced)*need, announced)
		}
		if room > freeContent && !c.env.content.reserve(&c.request.reserved, room) {
			return false
		}
		b.content = append(make([]byte, 0, room), b.content...)
	}
	b.content = append(b.content, piece...)
	if b.upload != nil {
		c.env.content.uploads.came(b.upload, len(piece), c.now)
	}
	return true
}

// roomGrowth is the factor by which the buffer exceeds the octets that have come. It copies small content, and large
// content of which much has come, seldom; for large content that is announced and does not come, it holds little.
func roomGrowth(come, announced int) int {
	switch {
	case announced <= smallContent:
		return 8
	case come > smallContent:
		return 4
	}
	return 2
}

// smallContent is the size that most content does not exceed.
const smallContent = 64 << 10
