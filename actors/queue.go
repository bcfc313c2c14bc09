package actors

import (
	"sync/atomic"
	"time"
)

// A queue is the line of requests that wait for one actor. A request has to be let into it before the
// mailbox is touched, and counts until it is out of the mailbox, even if nobody waits for it any more.
type queue struct {
	limit   int           // requests; below 0 for any number
	maxWait time.Duration // below 0 for any
	of      *handler      // whose actors' line it is; nil for others
	inOrder bool          // clients take no turns: what one actor sends another has to stay in order
	owner   atomic.Pointer[mailbox]

	tickets   atomic.Uint32 // given to those that joined
	left      atomic.Uint32 // those that have left again
	abandoned atomic.Int32  // of those that wait, how many nobody waits for
	shares    shares
	pace      pace
	busySince atomic.Int64 // the instant at which the actor began with its request; 0 if it has none
	refused   atomic.Int64 // the instant at which it last refused a request; 0 if never
}

// setUp sets the limits, once.
func (q *queue) setUp(limit int, maxWait time.Duration) { q.limit, q.maxWait = limit, maxWait }

// newQueue makes the line of an actor that is not the handler of a route.
func newQueue(config *Config) *queue {
	q := &queue{inOrder: true}
	q.setUp(config.MaxQueue, config.MaxQueueWait)
	return q
}

// length is how many requests are in line.
func (q *queue) length() int { return int(int32(q.tickets.Load() - q.left.Load())) }

// position is the number of a place in the line, from 1 on.
func (q *queue) position(t *ticket) int { return max(int(int32(t.number-q.left.Load())), 1) }

// join gives a request a place in the line, unless that is too long, or moves too slowly, for its client. Then it
// says so, and when there is likely to be room.
func (q *queue) join(r *Request, at *ticket, clock func() instant) *queueFull {
	if at.isIn() {
		return nil // it was given back twice: it counts once
	}
	counts := q.counts()
	if length := q.length(); length > 0 {
		if full := q.tooLong(r, length, counts, clock); full != nil {
			return full
		}
	}
	if counts {
		q.shares.add(r.from)
	}
	at.enter(q, counts)
	if r.progress.over.Load() {
		at.forsake() // its client went before it came here
	}
	return nil
}

// enter gives a request a place in the line, which is not to wait there.
func (q *queue) enter(r *Request, at *ticket) {
	if r.isVital() || at.isIn() {
		return
	}
	at.enter(q, false)
	if r.progress.over.Load() {
		at.forsake()
	}
}

// counts reports whether it matters whose request the next one is.
func (q *queue) counts() bool {
	length := q.length()
	return q.limit >= 0 && q.limit < smallLimit || length >= fairLength || q.isSlow(length+1)
}

const (
	fairLength = 64   // requests that wait for a fast actor, from which on it matters whose they are
	smallLimit = 1024 // of a queue: there it always does
)

// tooLong says why a request may not join: its client would have to wait for too long, or has its share of the
// line. Where clients get their turns one after the other, a client waits for its own requests as often as there
// are clients.
func (q *queue) tooLong(r *Request, length int, counts bool, clock func() instant) *queueFull {
	ahead, own, clients := max(length-int(q.abandoned.Load()), 0), length, 1
	if counts {
		if counted, all := q.shares.of(r.from); all > 1 {
			own, clients = counted, all
		}
		if clients > 1 && !q.inOrder {
			ahead = min(ahead, (own+1)*clients)
		}
	}
	wait := q.wait(ahead, clock)
	full := q.limit >= 0 && length >= q.limit && (own >= q.limit/clients || length >= 2*q.limit)
	if slow := q.maxWait >= 0 && wait > q.maxWait; !full && !slow {
		return nil
	}
	if timeout := r.timeout(); timeout > 0 {
		wait = min(wait, timeout)
	}
	why := tooMany
	if !full {
		why = tooSlow
	}
	return &queueFull{exchange: r.exchange, retry: wait, what: why}
}

// wait estimates how long a request waits that has so many ahead. The request that the actor is at counts as well.
// While nothing is measured, many wait, or some have given up, the actor may be slow, or stuck: then the time
// counts that it has been at its request.
func (q *queue) wait(ahead int, clock func() instant) time.Duration {
	service := q.pace.service(clock)
	doubtful := service == 0 || ahead >= stuckLength || q.abandoned.Load() > 0
	var running time.Duration
	if doubtful || service > slow {
		if since := q.busySince.Load(); since != 0 {
			running = time.Duration(clock() - since)
		}
	}
	if service == 0 {
		return max(time.Duration(ahead)*running, running)
	}
	rest := time.Duration(0)
	if running > 0 {
		rest = max(service-running, 0)
	}
	wait := time.Duration(ahead)*service + rest
	if doubtful {
		wait = max(wait, running)
	}
	return wait
}

// retry is when there is likely to be room for a request that has waited in vain.
func (q *queue) retry(r *Request, clock func() instant) time.Duration {
	wait := q.wait(max(q.length()-int(q.abandoned.Load()), 1), clock)
	if since := q.busySince.Load(); since != 0 {
		wait = max(wait, time.Duration(clock()-since))
	}
	if timeout := r.timeout(); timeout > 0 {
		wait = min(wait, timeout)
	}
	return wait
}

// stuckLength is how many have to wait before the router looks at the clock.
const stuckLength = 64

// noteRefusal logs the first refusal, and the next one when there was none for a while.
func (q *queue) noteRefusal(env *env, r *Request, full *queueFull) {
	now := env.clock()
	if last := q.refused.Swap(now); last == 0 || now-last > int64(quietTime) {
		busy, stack := q.stuck(env, now)
		env.log.refusing(q, r, full, busy, stack)
	}
}

// stuck says for how long the actor of the line has been at one request, and where, if that is long. Nobody may wait for
// that request any more, so nobody else would say it.
func (q *queue) stuck(env *env, now instant) (busy time.Duration, stack []byte) {
	since, owner := q.busySince.Load(), q.owner.Load()
	if busy = time.Duration(now - since); since == 0 || owner == nil || busy < longAtOne {
		return 0, nil
	}
	if env.stacks.allow(now, time.Second) {
		stack = owner.stack()
	}
	return busy.Round(time.Millisecond), stack
}

// longAtOne is how long an actor is at one request before the log says what it is at.
const longAtOne = 500 * time.Millisecond
