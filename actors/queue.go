package actors

import (
	"sync/atomic"
	"time"
)

// A queue is the line of requests that wait for one actor. A request joins before it is put into the mailbox. It
// counts until it is out of the mailbox, even if its client has gone.
type queue struct {
	limit   int           // requests; below 0 for any number
	maxWait time.Duration // below 0 for any
	of      *handler      // the handler of the line's actors; nil for other actors
	inOrder bool          // clients take no turns: messages from one actor to another stay in order
	owner   atomic.Pointer[mailbox]

	tickets   atomic.Uint32 // given to requests that joined
	left      atomic.Uint32 // tickets that have left
	abandoned atomic.Int32  // waiting requests whose exchange is over
	shares    shares
	pace      pace
	busySince atomic.Int64 // the instant when the actor began its request; 0 if it has none
	refused   atomic.Int64 // the instant when it last refused a request; 0 if never
}

// setUp sets the limits, once.
func (q *queue) setUp(limit int, maxWait time.Duration) { q.limit, q.maxWait = limit, maxWait }

// newQueue makes the line of an actor that is not a handler of a route.
func newQueue(config *Config) *queue {
	q := &queue{inOrder: true}
	q.setUp(config.MaxQueue, config.MaxQueueWait)
	return q
}

// length is how many requests are in line.
func (q *queue) length() int { return int(int32(q.tickets.Load() - q.left.Load())) }

// position is the place of a ticket in the line, from 1 on.
func (q *queue) position(t *ticket) int { return max(int(int32(t.number.Load()-q.left.Load())), 1) }

// join gives a request a place in the line, unless the line is too long, or too slow, for its client. Then it returns
// why, and when there will probably be room.
func (q *queue) join(r *Request, at *ticket, clock func() instant) *queueFull {
	if at.isIn() {
		return nil // given back twice, it counts once
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
		at.forsake() // its exchange was over before it joined
	}
	return nil
}

// enter gives a place in the line to a request that will not wait there.
func (q *queue) enter(r *Request, at *ticket) {
	if r.isVital() || at.isIn() {
		return
	}
	at.enter(q, false)
	if r.progress.over.Load() {
		at.forsake()
	}
}

// counts reports whether the line counts the requests of each client now.
func (q *queue) counts() bool {
	length := q.length()
	return q.limit >= 0 && q.limit < smallLimit || length >= fairLength || q.isSlow(length+1)
}

const (
	fairLength = 64   // waiting requests: from here on clients are counted even for a fast actor
	smallLimit = 1024 // with a smaller limit, clients are always counted
)

// tooLong returns why a request may not join: its client would wait too long, or has used up its share of the line.
// Where clients take turns, each request of a client waits for one request of every other client.
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

// wait estimates the wait behind ahead requests: ahead times the measured service time, plus the rest of the current
// request. If nothing is measured yet, many wait, or some have given up, the actor may be slow or stuck. Then the
// wait is at least the time that the current request has taken so far.
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

// retry estimates when there will be room for a request that has waited in vain.
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

// stuckLength is how many requests must wait before the router looks at the clock.
const stuckLength = 64

// noteRefusal logs the first refusal, and later the first after each quietTime without one.
func (q *queue) noteRefusal(env *env, r *Request, full *queueFull) {
	now := env.clock()
	if last := q.refused.Swap(now); last == 0 || now-last > int64(quietTime) {
		busy, stack := q.stuck(env, now)
		env.log.refusing(q, r, full, busy, stack)
	}
}

// stuck returns how long the actor of the line has worked on one request, and its stack, if that is long. The
// exchange of that request may be over, so nothing else would report it.
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

// longAtOne is how long an actor works on one request before the log shows its stack.
const longAtOne = 500 * time.Millisecond
