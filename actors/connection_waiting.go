package actors

import (
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// What may happen to an exchange instead of a response of its handler: there is none, it takes too
// long, or the client goes.

// unavailable answers for a handler that is not there. To a request that no handler has begun it says
// when to try again (RFC 9110 §10.2.3); one that was begun may have had effects.
func (c *connection) unavailable(ctx actor.Context, stopped *handlerStopped) {
	c.env.counts.unavailable.Add(1)
	if stopped.astray || stopped.begun {
		why := "The handler stopped before it answered this request."
		if stopped.astray {
			why = "The handler passed this request on to an actor that is not there."
		}
		c.respond(ctx, c.request.failure(503, why))
		return
	}
	why := "The handler of this route is not running."
	if stopped.retry > 0 {
		why = "The handler of this route is about to start again."
	}
	c.refuseUntil(ctx, why, stopped.retry)
}

// refuse answers for a route that has too much to do (RFC 9110 §15.6.4).
func (c *connection) refuse(ctx actor.Context, full *queueFull) {
	c.env.counts.refused.Add(1)
	c.refuseUntil(ctx, full.why(), full.retry)
}

// refuseUntil answers that the client may try again after so long.
func (c *connection) refuseUntil(ctx actor.Context, why string, retry time.Duration) {
	c.notBefore = c.clock() + int64(max(retry, time.Second))
	c.respond(ctx, c.request.failure(503, why).With("Retry-After", retryAfter(retry)))
}

// holdsBack reports whether a refusal is for later: the client was refused on this connection before, has not waited
// as it was told, and the server has many such. Then the connection is told once more after a pause.
func (c *connection) holdsBack(ctx actor.Context, refusal any) bool {
	if c.heldBack == c.request.exchange { // it is counted, and the pause is over
		return false
	}
	if many := c.env.refusals.add(c.clock()); !many || c.clock() >= c.notBefore {
		return false
	}
	c.heldBack = c.request.exchange
	self, root := ctx.Self(), c.env.system.Root
	time.AfterFunc(refusalPause, func() { root.Send(self, refusal) })
	return true
}

// retryAfter is a time in whole seconds, and at least one.
func retryAfter(d time.Duration) string {
	return strconv.FormatInt(max(int64((d+time.Second-1)/time.Second), 1), 10)
}

// look is what a connection does when its deadline in an exchange has passed, which may be earlier than
// that of this route: is the client still there, has it waited too long, is the time of the handler up?
func (c *connection) look(ctx actor.Context) {
	if c.reader != nil {
		c.tellReader(ctx, &BodyRead{Request: c.request, Err: os.ErrDeadlineExceeded})
		c.fail(ctx, 408, "The content did not arrive in time.")
		return
	}
	if !c.probeAt.IsZero() && !c.now.Before(c.probeAt) && !c.probe(ctx) {
		return
	}
	line := c.request.withdraw(c.clock())
	switch {
	case line != nil:
		c.waitedTooLong(ctx, line)
	case c.timeLeft() == 0:
		c.giveUp(ctx)
	default:
		c.lookLater()
	}
}

// waitedTooLong answers for an actor whose turn to begin with the request did not come in time. Should another
// have begun with it, that may still answer, so the connection cannot go on.
func (c *connection) waitedTooLong(ctx actor.Context, line *queue) {
	c.env.counts.refused.Add(1)
	retry := line.retry(c.request, c.env.clock)
	line.noteRefusal(c.env, c.request, &queueFull{exchange: c.request.exchange, retry: retry, what: tooSlow})
	response := c.request.failure(503, "The request waited for too long.").With("Retry-After", retryAfter(retry))
	if c.request.isTaken() {
		response.Close()
	}
	c.respond(ctx, response)
}

// lookLater has the connection look when the time of the handler is up, or that in a line, or that of a
// probe has come. An actor that has the request may let it join the line of another at any time, and nobody says
// so: a look as often as a wait may last finds each in time.
func (c *connection) lookLater() {
	left := earlier(c.timeLeft(), c.request.timeInLine(c.clock()))
	if c.request.isTaken() {
		left = earlier(left, c.env.config.MaxQueueWait)
	}
	if !c.probeAt.IsZero() {
		left = earlier(left, max(c.probeAt.Sub(c.now), 0))
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

// timeLeft is how long the handler of the request may still take, or below zero for ever.
func (c *connection) timeLeft() time.Duration {
	timeout := c.handlerTimeout()
	if timeout < 0 {
		return timeout
	}
	return max(c.since.Add(timeout).Sub(c.now), 0)
}

// clock is when the message at hand came, on the clock of the server.
func (c *connection) clock() int64 { return int64(c.now.Sub(c.env.epoch)) }

// handlerTimeout is how long the handler of the request may take.
func (c *connection) handlerTimeout() time.Duration {
	if route := c.request.route; route != nil {
		return route.timeout
	}
	return c.env.config.HandlerTimeout
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
		c.env.log.gone(ctx.Self(), c.request, c.now.Sub(c.begun), where)
	}
	c.request.cutShort(ErrClientGone)
}

// probePause is how long an exchange goes on behind the end of the client's side before the connection
// finds out whether anybody waits for its answer.
const probePause = 250 * time.Millisecond

// mostProbes are two: the kernel's answer to the first is seen at once where a poller watches the socket,
// and elsewhere when the second fails.
const mostProbes = 2

// probeLater has a client that has ended its side be looked for.
func (c *connection) probeLater() {
	if c.behaviour == exchanging && c.probes == 0 && c.probeAt.IsZero() && c.stage == requested &&
		c.socket.Ended() && c.request.head.Version.AtLeast11() {
		c.probeAt = c.now.Add(probePause)
		c.lookLater()
	}
}

// probe sends a 100 (Continue), which every client of HTTP/1.1 has to understand and may ignore (RFC
// 9110 §15.2.1). The kernel of one that has closed the connection answers with a reset; one that has
// only ended its side gets its answer. It is false if the connection has stopped.
func (c *connection) probe(ctx actor.Context) bool {
	c.probeAt = time.Time{}
	if c.probes++; c.probes < mostProbes {
		c.probeAt = c.now.Add(probePause)
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
	if c.behaviour != streaming || c.probes >= mostProbes || !c.socket.Ended() || c.out.encoder.Length() != wire.Chunked {
		return
	}
	c.probes = mostProbes
	if err := c.out.appendNothing(); err != nil {
		panic(err)
	}
	if c.flush(ctx) {
		c.out.release()
	}
}

// giveUp answers for a handler that was silent past the deadline, and says why. It may still answer,
// so the connection cannot go on.
func (c *connection) giveUp(ctx actor.Context) {
	r := c.request
	c.env.counts.timeouts.Add(1)
	where := c.env.whereabouts(r)
	c.env.log.timedOut(ctx.Self(), r, c.now.Sub(c.since), where, c.env.stackOf(r))
	why := fmt.Sprintf("The handler did not answer within %v", c.handlerTimeout())
	r.cutShort(ErrHandlerTimeout)
	response := r.failure(504, why+c.detail(": "+where)+".").Close()
	response.why = why + ": " + where + "."
	c.respond(ctx, response)
}

// detail is what a client may know of the inside of the server: actors and queues are nobody's business on
// the open network.
func (c *connection) detail(text string) string {
	if c.env.config.ErrorDetail.isFor(c.request.peerName()) {
		return text
	}
	return ""
}
