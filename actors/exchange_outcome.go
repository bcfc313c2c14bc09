package actors

import (
	"fmt"
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// What may become of a request that was sent to the router: a response of its handler, or one of the server's own. It
// is the same over every link.

// receive handles a message that says what has become of the request.
func (x *exchange) receive(on link, message any) {
	switch message := message.(type) {
	case *Response:
		if message == nil || message.request == nil {
			x.mayRefuse(on, message)
			return
		}
		x.request.progress.answered.Store(true)
		on.answer(message)
	case *notAnswered:
		if message.exchange == x.request.exchange {
			on.answer(x.noAnswer(message.answer, message.from))
		}
	case *handlerCrashed:
		if message.exchange == x.request.exchange {
			on.answer(x.request.failure(500, "The handler failed on this request."))
		}
	case *handlerStopped:
		if message.exchange == x.request.exchange {
			x.unavailable(on, message)
		}
	case *queueFull:
		if message.exchange == x.request.exchange {
			x.request.env.counts.refused.Add(1)
			x.refuse(on, message.why(), message.retry)
		}
	case *BodyRead, *roomMade, *sourceStopped, *actor.Terminated, *actor.DeadLetterResponse: // left over from earlier
	default:
		x.mayRefuse(on, message)
	}
}

// mayRefuse refuses an answer from an unknown sender, if an actor has begun with the request.
func (x *exchange) mayRefuse(on link, answer any) {
	if x.request.progress.begun.Load() != 0 {
		on.answer(x.noAnswer(answer, nil))
	}
}

// noAnswer answers for an actor that made a mistake: it sent something that is no response to this request. from is
// nil if the actor did not answer through its context; then the holder of the request is named.
func (x *exchange) noAnswer(answer any, from *actor.PID) *Response {
	r := x.request
	if holder := r.progress.holder.Load(); from == nil && holder != nil {
		from = holder.mailbox.self
	}
	r.env.log.noResponse(from, r, answer)
	if response, ok := answer.(*Response); ok {
		r.env.discard(response)
	}
	return r.failure(500, "The handler answered with something that is no response to this request.").Close()
}

// unavailable answers for a handler that is not there. If no handler has begun with the request, the answer says when
// to try again (RFC 9110 §10.2.3); a request that was begun may have had effects.
func (x *exchange) unavailable(on link, stopped *handlerStopped) {
	x.request.env.counts.unavailable.Add(1)
	switch {
	case stopped.astray:
		on.answer(x.request.failure(503, "The handler passed this request on to an actor that is not there."))
	case stopped.begun:
		on.answer(x.request.failure(503, "The handler stopped before it answered this request."))
	case stopped.retry > 0:
		x.refuse(on, "The handler of this route is about to start again.", stopped.retry)
	default:
		x.refuse(on, "The handler of this route is not running.", 0)
	}
}

// refuse answers 503, and says when the client may try again (RFC 9110 §15.6.4).
func (x *exchange) refuse(on link, why string, retry time.Duration) {
	on.refused(retry)
	on.answer(x.request.failure(503, why).With("Retry-After", retryAfter(retry)))
}

// retryAfter is a time in whole seconds, and at least one.
func retryAfter(d time.Duration) string {
	return strconv.FormatInt(max(int64((d+time.Second-1)/time.Second), 1), 10)
}

// overdue answers a request that has waited in a line for too long, or whose handler has no time left. It returns
// false if neither is the case.
func (x *exchange) overdue(on link) bool {
	line := x.request.withdraw(on.at())
	switch {
	case line != nil:
		on.answer(x.waitedTooLong(line))
	case x.timeLeft(on.at()) == 0:
		on.answer(x.timedOut(on))
	default:
		return false
	}
	return true
}

// waitedTooLong answers a request that waited too long for its turn. If another actor has begun with it, that one may
// still answer, so the connection cannot go on.
func (x *exchange) waitedTooLong(line *queue) *Response {
	r := x.request
	r.env.counts.refused.Add(1)
	retry := line.retry(r, r.env.clock)
	line.noteRefusal(r.env, r, &queueFull{exchange: r.exchange, retry: retry, what: tooSlow})
	response := r.failure(503, "The request waited for too long.").With("Retry-After", retryAfter(retry))
	if r.isTaken() {
		response.Close()
	}
	return response
}

// timedOut answers for a handler that did not answer before the deadline, and says why. The handler may still answer,
// so the connection cannot go on.
func (x *exchange) timedOut(on link) *Response {
	r := x.request
	r.env.counts.timeouts.Add(1)
	where := r.env.whereabouts(r)
	r.env.log.timedOut(on.self(), r, between(x.since, on.at()), where, r.env.stackOf(r))
	why := fmt.Sprintf("The handler did not answer within %v", x.timeout())
	r.cutShort(ErrHandlerTimeout)
	detail := "" // the open network must not learn about actors and queues
	if r.env.config.ErrorDetail.isFor(r.peerName()) {
		detail = ": " + where
	}
	response := r.failure(504, why+detail+".").Close()
	response.why = why + ": " + where + "."
	return response
}

// timeLeft is how long the handler of the request may still take; below zero means for ever.
func (x *exchange) timeLeft(now instant) time.Duration {
	timeout := x.timeout()
	if timeout < 0 {
		return timeout
	}
	return max(between(now, after(x.since, timeout)), 0)
}

// timeout is how long the handler of the request may take.
func (x *exchange) timeout() time.Duration {
	if x.request.route != nil {
		return x.request.route.timeout
	}
	return x.request.env.config.HandlerTimeout
}

// nextLook is how long the link waits before it checks again whether the request is overdue; below zero means for
// ever. The actor that has the request may pass it into the line of another at any time, and the link is not told.
// Looking once per MaxQueueWait finds each such wait in time.
func (x *exchange) nextLook(now instant) time.Duration {
	left := earlier(x.timeLeft(now), x.request.timeInLine(now))
	if x.request.isTaken() {
		left = earlier(left, x.request.env.config.MaxQueueWait)
	}
	return left
}
