package actors

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// streaming sends a response whose content comes piece by piece from a source. It asks for the next piece when the
// client has taken the last one, so a slow client slows only its own source.
func (c *connection) streaming(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *BodyRead:
		switch {
		case message == nil || message.Request == nil:
			c.abort(ctx, noPiece(message))
		case message.Request == c.request:
			c.sendPiece(ctx, message)
		}
	case *notAnswered:
		if message.exchange == c.request.exchange && message.piece {
			c.abort(ctx, noPiece(message.answer))
		}
	case *bytesArrived:
		c.arrived(ctx)
	case *actor.Terminated:
		if c.source != nil && c.source.Equal(message.Who) {
			c.source = nil
			ctx.Send(ctx.Self(), &sourceStopped{c.request.exchange}) // after the pieces that it sent
		}
	case *sourceStopped:
		if message.exchange == c.request.exchange {
			c.abort(ctx, c.whySourceStopped().Error())
		}
	case *deadlinePassed:
		if deadline, _ := c.alarm.due(c.now); deadline && !c.beat(ctx) {
			c.abort(ctx, "the content of the request did not arrive in time")
		}
	case *handlerCrashed, *handlerStopped, *queueFull, *roomMade, *actor.DeadLetterResponse: // too late
	default:
		c.abort(ctx, noPiece(message)) // perhaps from a future
	}
}

// noPiece says what a source has sent wrongly, and what to send instead.
func noPiece(answer any) string {
	why := ""
	if err, ok := answer.(error); ok {
		why = ", " + describe(err) + ","
	}
	return fmt.Sprintf("its source sent a %T%s that is no piece of it: answer a ReadBody with its methods Data, End and Fail", answer, why)
}

// stream sends the head of a response, and asks its source for the first piece.
func (c *connection) stream(ctx actor.Context, response *Response) {
	persist := c.request.head.Persist && !response.close && !c.env.leaving() &&
		(c.canSkip() || c.reading.begun) // a handler that reads the content may finish it in time
	head := c.head(response, persist)
	head.Length = response.sentLength()
	if head.Length == wire.Chunked && !c.request.head.Version.AtLeast11() {
		head.Length, head.Connection, head.KeepAlive = wire.UntilClose, "close", "" // (RFC 9112 §6.3)
	}
	if !wire.MayHaveContent(response.Status) {
		head.Length = 0
	}
	if err := c.out.appendHead(head); err != nil {
		c.misuse(ctx, response, err)
		return
	}
	c.outgoing.response, c.outgoing.persist = response, head.Connection != "close"
	if c.outgoing.feed = response.feed; response.feed == nil {
		c.source = c.spawnSource(ctx, response)
	}
	if head.Bodiless || !wire.MayHaveContent(response.Status) {
		c.endStream(ctx, nil)
		return
	}
	begun := *response
	if response.encode != nil {
		c.outgoing.coding = newEncoding(response)
	}
	begun.source, begun.feed, begun.encode = nil, nil, nil // so that a long stream does not hold the props
	c.outgoing.response = &begun
	c.behaviour, c.stage = streaming, responding
	c.request.beginStream()
	c.beginFeed()
	c.mailbox.task.Bulk.Store(true)
	if c.reading.by == nil {
		c.restStream()
	} else {
		c.alarm.deadline(c.now, c.env.config.BodyTimeout)
	}
	if isEndless(response) {
		c.env.log.streaming(ctx.Self(), c.request, response)
	}
	if c.flush(ctx) {
		c.pull(ctx)
	}
	if c.env.draining() {
		c.drainStream()
	}
}

// spawnSource makes the source of a response. It makes and stops even a source that is not asked for anything: the
// source may hold a file open.
func (c *connection) spawnSource(ctx actor.Context, response *Response) *actor.PID {
	c.sources++
	name := "source$" + strconv.Itoa(c.sources)
	source, err := c.env.birth(ctx.Self().Id+"/"+name, func() (*actor.PID, error) {
		return ctx.SpawnNamed(c.env.sourceProps(response.source, func(m *mailbox) { c.sourceMailbox = m }), name)
	})
	if err != nil {
		panic(err)
	}
	return source
}

// pull asks the source for the next piece.
func (c *connection) pull(ctx actor.Context) {
	if len(c.out.pending()) == 0 {
		c.out.release() // the source may be silent for long
	}
	demand := &ReadBody{c.request}
	if c.outgoing.feed != nil {
		if c.reading.by == nil {
			c.restStream()
		}
		if !c.sendFile(ctx) && !c.env.pull(c.outgoing.feed, demand, ctx.Self()) {
			c.abort(ctx, errSourceCrashed.Error())
		}
		return
	}
	ctx.Request(c.source, demand)
}

// sendPiece writes a piece, and asks for the next.
func (c *connection) sendPiece(ctx actor.Context, read *BodyRead) {
	if read.Err != nil {
		c.abort(ctx, describe(read.Err)) // the error is the source's, and may be anything
		return
	}
	switch {
	case !c.appendPiece(ctx, read):
	case read.End:
		c.endStream(ctx, wire.Fields(read.Trailers))
	case c.flush(ctx) && (c.source != nil || c.outgoing.feed != nil):
		c.pull(ctx)
	}
}

// appendPiece encodes a piece, appends and counts it. It returns false if the exchange is aborted, or the client is gone.
func (c *connection) appendPiece(ctx actor.Context, read *BodyRead) bool {
	content, err := c.encodedPiece(ctx, read)
	if err != nil {
		c.abort(ctx, describe(err))
		return false
	}
	taken, err := c.appendContent(ctx, content)
	if err != nil {
		c.abort(ctx, err.Error())
		return false
	}
	c.outgoing.octets += int64(len(content))
	return taken
}

// endStream ends the content, and the exchange.
func (c *connection) endStream(ctx actor.Context, trailers wire.Fields) {
	if c.out.encoder.Length() != wire.Chunked {
		trailers = nil // only chunked content can have trailers (RFC 9110 §6.5)
	}
	if err := c.out.appendEnd(trailers); err != nil {
		c.abort(ctx, err.Error())
		return
	}
	c.finish(ctx, c.outgoing.response, c.outgoing.persist) // the head announced it: the client may have sent the next request
}

// abort breaks a response off, so that the client sees that it is not complete.
func (c *connection) abort(ctx actor.Context, why string) {
	c.env.log.brokenOff(ctx.Self(), c.request, c.outgoing.octets, why)
	c.source = nil // the library stops it with this connection
	c.stopFeed()
	c.stop(ctx)
}

// Why a source gives no more, unless it said so itself.
var (
	errSourceStopped = errors.New("its source has stopped before the end")
	errSourceCrashed = errors.New("its source has crashed: see the line of that")
)

// whySourceStopped tells a source that crashed from one that was stopped. The source has ended by now.
func (c *connection) whySourceStopped() error {
	if c.sourceMailbox != nil && c.sourceMailbox.failures.number > 0 {
		return errSourceCrashed
	}
	return errSourceStopped
}

// stopSource ends a source that is no longer needed.
func (c *connection) stopSource(ctx actor.Context) {
	if c.source != nil {
		source := c.source
		c.source = nil
		ctx.Stop(source)
	}
}
