package actors

import (
	"log/slog"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// What a connection does when the server drains, and when it is stopped: in any behaviour.

// drainGrace is how long a connection that waits for a request goes on waiting when the server begins
// to drain: a request may be on its way.
const drainGrace = 250 * time.Millisecond

// drain has the exchange that the connection is in be the last, or closes it soon. What streams is
// told: it may have no end.
func (c *connection) drain(ctx actor.Context) {
	switch {
	case c.behaviour == awaiting && !c.decoder.MidMessage() && !c.socket.Preparing():
		c.alarm.deadline(c.now, drainGrace)
	case c.behaviour == awaiting, c.behaviour == discarding: // what is no whole head yet has a moment to become one
		c.alarm.deadline(c.now, lingerTimeout)
	case c.behaviour == streaming:
		c.hasten()
	}
}

// hasten ends the Context of the request, also for actors that ask for it later: time is running out.
func (c *connection) hasten() {
	if c.request != nil {
		c.request.Context() // who asks for it later is to know as well
		c.request.cancel(ErrDraining)
	}
}

// lastWords answers the exchange in flight when the connection is stopped from outside, if nothing of a
// response was written: every request ends in a response.
func (c *connection) lastWords(ctx actor.Context) {
	if c.request == nil || c.parting.leaving {
		return
	}
	c.env.log.warn(ctx.Self(), "stopped within an exchange", append(appendIdentity(nil, c.request),
		slog.String("route", c.request.Pattern()), slog.Duration("after", between(c.begun, c.now).Round(time.Millisecond)))...)
	if c.stage == requested || c.stage == decoding {
		c.parting.hurried = true
		c.out.discardUncommitted() // of a crash, if that is why
		c.respond(ctx, c.request.failure(503, "The connection was stopped before the request was answered.").Close())
	}
}
