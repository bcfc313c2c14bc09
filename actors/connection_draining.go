package actors

import (
	"log/slog"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// What a connection does when the server drains, and when it is stopped: in any behaviour.

// drainGrace is how long an idle connection still waits for a request when the server begins to drain: one may be on
// its way.
const drainGrace = 250 * time.Millisecond

// drain closes an idle connection soon; an exchange in flight becomes its last. A stream is told, because it may have
// no end.
func (c *connection) drain(ctx actor.Context) {
	switch {
	case c.behaviour == awaiting && !c.decoder.MidMessage() && !c.socket.Preparing():
		c.alarm.deadline(c.now, drainGrace)
	case c.behaviour == awaiting, c.behaviour == discarding: // an unfinished head has a moment to arrive
		c.alarm.deadline(c.now, lingerTimeout)
	case c.behaviour == streaming:
		c.drainStream()
	}
}

// lastWords answers the exchange in flight when the connection is stopped from outside, if no octet of a response was
// written: every request gets a response.
func (c *connection) lastWords(ctx actor.Context) {
	if c.request == nil || c.parting.leaving {
		return
	}
	c.env.log.warn(ctx.Self(), "stopped within an exchange", append(appendIdentity(nil, c.request),
		slog.String("route", c.request.Pattern()), slog.Duration("after", between(c.begun, c.now).Round(time.Millisecond)))...)
	if c.stage == requested || c.stage == decoding {
		c.parting.hurried = true
		c.out.discardUncommitted() // left by a crash, if that is the cause
		c.respond(ctx, c.request.failure(503, "The connection was stopped before the request was answered.").Close())
	}
}
