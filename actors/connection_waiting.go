package actors

import (
	"log/slog"
	"os"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// What may happen to an exchange instead of a response of its handler: there is none, it takes too
// long, or the client goes.

// self is the actor that handlers answer.
func (c *connection) self() *actor.PID { return c.ctx.Self() }

// at is the time at which the message at hand came.
func (c *connection) at() instant { return c.now }

// answer sends a response to the exchange in flight.
func (c *connection) answer(response *Response) { c.respond(c.ctx, response) }

// refused notes that the client may try again after a while.
func (c *connection) refused(retry time.Duration) {
	c.refusals.notBefore = after(c.now, max(retry, time.Second))
}

// holdsBack reports whether a refusal is for later: the client was refused on this connection before, has not waited
// as it was told, and the server has many such. Then the connection is told once more after a pause.
func (c *connection) holdsBack(ctx actor.Context, refusal any) bool {
	if c.refusals.heldBack == c.request.exchange { // it is counted, and the pause is over
		return false
	}
	if many := c.env.refusals.add(c.now); !many || c.now >= c.refusals.notBefore {
		return false
	}
	c.refusals.heldBack = c.request.exchange
	self, root := ctx.Self(), c.env.system.Root
	time.AfterFunc(refusalPause, func() { root.Send(self, refusal) })
	return true
}

// look is what a connection does when its deadline in an exchange has passed, which may be earlier than
// that of this route: is the client still there, has it waited too long, is the time of the handler up?
func (c *connection) look(ctx actor.Context) {
	if c.reading.by != nil {
		c.tellReader(ctx, &BodyRead{Request: c.request, Err: os.ErrDeadlineExceeded})
		c.fail(ctx, 408, "The content did not arrive in time.")
		return
	}
	if c.probing.at != 0 && c.now >= c.probing.at && !c.probe(ctx) {
		return
	}
	if !c.overdue(c) {
		c.lookLater()
	}
}

// lookLater has the connection look when the request may be overdue, or when a probe is due.
func (c *connection) lookLater() {
	left := c.nextLook(c.now)
	if c.probing.at != 0 {
		left = earlier(left, max(between(c.now, c.probing.at), 0))
	}
	c.alarm.deadline(c.now, left)
}

// earlier is the shorter of two times, of which those below zero are for ever.
func earlier(a, b time.Duration) time.Duration {
	if a < 0 || b >= 0 && b < a {
		return b
	}
	return a
}

// firstLook is when the connection has to look for the first time: when the time of the handler, or that in its line, may
// be up.
func (r *Request) firstLook(config *Config) time.Duration {
	switch {
	case r.route == nil:
		return earlier(config.HandlerTimeout, config.MaxQueueWait)
	case r.route.vital:
		return r.route.timeout
	}
	return earlier(earlier(r.route.timeout, r.route.handler.maxWait()), config.MaxQueueWait) // that of actors it is passed on to
}

// leave ends the connection of a client that is gone.
func (c *connection) leave(ctx actor.Context) {
	c.gone(ctx, nil)
	c.stop(ctx)
}

// gone tells the log, and who has the request, that its client is gone. The error is that of a write, if that has
// found out.
func (c *connection) gone(ctx actor.Context, failed error) {
	if c.env.log.enabled(slog.LevelInfo) { // crowds may leave at once
		where := "its response was being sent"
		switch {
		case c.stage < responding:
			where = c.env.whereabouts(c.request)
		case failed != nil:
			where = "its response could not be sent: " + failed.Error()
		}
		c.env.log.gone(ctx.Self(), c.request, between(c.begun, c.now), where)
	}
	c.request.cutShort(ErrClientGone)
}

// probePause is how long an exchange goes on after the end of the client's side before the connection
// finds out whether anybody waits for its answer.
const probePause = 250 * time.Millisecond

// mostProbes are two: the kernel's answer to the first is seen at once where a poller watches the socket,
// and elsewhere when the second fails.
const mostProbes = 2

// probeLater has a client that has ended its side be looked for.
func (c *connection) probeLater() {
	if c.behaviour == exchanging && c.probing.sent == 0 && c.probing.at == 0 && c.stage == requested &&
		c.socket.Ended() && c.request.head.Version.AtLeast11() {
		c.probing.at = after(c.now, probePause)
		c.lookLater()
	}
}

// probe sends a 100 (Continue), which every client of HTTP/1.1 has to understand and may ignore (RFC
// 9110 §15.2.1). The kernel of one that has closed the connection answers with a reset; one that has
// only ended its side gets its answer. It is false if the connection has stopped.
func (c *connection) probe(ctx actor.Context) bool {
	c.probing.at = 0
	if c.probing.sent++; c.probing.sent < mostProbes {
		c.probing.at = after(c.now, probePause)
	}
	if err := c.out.appendHead(wire.ResponseHead{Status: 100}); err != nil {
		panic(err)
	}
	c.out.commit()
	return c.flush(ctx)
}

// probeStream finds out, when a client has ended its side within a stream, whether it is still there: the stream may be
// silent for long. Where the content is chunked an octet can be sent that adds nothing. Elsewhere, the next piece finds
// out.
func (c *connection) probeStream(ctx actor.Context) {
	if c.behaviour != streaming || c.probing.sent >= mostProbes || !c.socket.Ended() || c.out.encoder.Length() != wire.Chunked {
		return
	}
	c.probing.sent = mostProbes
	if err := c.out.appendNothing(); err != nil {
		panic(err)
	}
	if c.flush(ctx) {
		c.out.release()
	}
}
