package actors

import (
	"log/slog"
	"os"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// What may end an exchange instead of a response of its handler: there is no handler, it takes too long, or the
// client goes.

// self is the actor that handlers answer.
func (c *connection) self() *actor.PID { return c.ctx.Self() }

// at is when the current message came.
func (c *connection) at() instant { return c.now }

// answer sends a response to the exchange in flight.
func (c *connection) answer(response *Response) { c.respond(c.ctx, response) }

// refused notes that the client may try again after a while.
func (c *connection) refused(retry time.Duration) {
	c.refusals.notBefore = after(c.now, max(retry, time.Second))
}

// holdsBack reports whether the connection answers a refusal only after a pause: the client was refused on this
// connection before, did not wait as told, and the server has many such clients. After refusalPause the refusal is
// sent to the connection again.
func (c *connection) holdsBack(ctx actor.Context, refusal any) bool {
	if c.refusals.heldBack == c.request.exchange { // already counted, and the pause is over
		return false
	}
	if many := c.env.refusals.add(c.now); !many || c.now >= c.refusals.notBefore {
		return false
	}
	c.refusals.heldBack = c.request.exchange
	c.env.sendLater(refusalPause, ctx.Self(), refusal)
	return true
}

// look handles a deadline within an exchange. Is the client still there? Has the request waited too long? Is the
// handler's time up? It may run before any of these is due.
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

// lookLater sets the deadline for when the request may be overdue, or a probe is due.
func (c *connection) lookLater() {
	left := c.nextLook(c.now)
	if c.probing.at != 0 {
		left = earlier(left, max(between(c.now, c.probing.at), 0))
	}
	c.alarm.deadline(c.now, left)
}

// earlier is the shorter of two times; a negative time means for ever.
func earlier(a, b time.Duration) time.Duration {
	if a < 0 || b >= 0 && b < a {
		return b
	}
	return a
}

// firstLook is when the connection looks for the first time: when the handler's time, or the time in its line, may be
// up.
func (r *Request) firstLook(config *Config) time.Duration {
	switch {
	case r.route == nil || r.route.handler == nil:
		return earlier(config.HandlerTimeout, config.MaxQueueWait)
	case r.route.vital:
		return r.route.timeout
	}
	return earlier(earlier(r.route.timeout, r.route.handler.maxWait()), config.MaxQueueWait) // MaxQueueWait for actors that it is passed on to
}

// leave ends the connection of a client that is gone.
func (c *connection) leave(ctx actor.Context) {
	c.gone(ctx, nil)
	c.stop(ctx)
}

// gone logs that the client is gone, and tells the actor that has the request. failed is the error of the write that
// found out, if there was one.
func (c *connection) gone(ctx actor.Context, failed error) {
	if c.env.log.enabled(slog.LevelInfo) { // many may leave at once
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

// probePause is how long an exchange goes on after the client has ended its side, before the connection checks
// whether the client still waits for the answer.
const probePause = 250 * time.Millisecond

// mostProbes is two: a poller sees the kernel's answer to the first probe at once; without a poller, the second one
// fails.
const mostProbes = 2

// probeLater schedules a probe if the client has ended its side.
func (c *connection) probeLater() {
	if c.behaviour == exchanging && c.probing.sent == 0 && c.probing.at == 0 && c.stage == requested &&
		c.socket.Ended() && c.request.head.Version.AtLeast11() {
		c.probing.at = after(c.now, probePause)
		c.lookLater()
	}
}

// probe sends a 100 (Continue), which every client of HTTP/1.1 must understand and may ignore (RFC 9110 §15.2.1). If
// the client has closed the connection, its kernel answers with a reset; if it has only ended its side, it still gets
// its answer. probe returns false if the connection has stopped.
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

// probeStream checks whether a client that has ended its side within a stream is still there: the stream may be
// silent for long. With chunked content it can send an octet that adds nothing. Otherwise the next piece finds out.
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
