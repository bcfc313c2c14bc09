package actors

import (
	"sync/atomic"
	"time"
)

// A queue is the line of requests before the handler of a route. The router decides who may join it,
// before the mailbox of the handler is touched.
type queue struct {
	limit   int           // requests; below 0 for any number
	maxWait time.Duration // below 0 for any
	longest time.Duration // that anybody waits, until the time of its handler is up; not above 0 for ever
	handler atomic.Pointer[mailbox]

	tickets   atomic.Uint32 // given to those who joined
	left      atomic.Uint32 // who have left again: it was their turn, or nobody waits for them any more
	service   atomic.Int64  // nanoseconds that a request takes, as measured while others wait
	measured  atomic.Int64  // on the clock of the server, when that was
	busySince atomic.Int64  // on the clock of the server, when the handler began with what it is at; 0 if nothing
}

// length is how many requests wait.
func (q *queue) length() int { return int(int32(q.tickets.Load() - q.left.Load())) }

// position is the place of a request in the line, from 1 on.
func (q *queue) position(r *Request) int {
	return max(int(int32(r.progress.ticket.Load()-q.left.Load())), 1)
}

// join lets a request join the line, unless that is too long, or moves too slowly. Then it says so, and
// when there is likely to be room.
func (q *queue) join(r *Request, clock func() int64) *QueueFull {
	waiting := q.length()
	if waiting > 0 {
		wait := q.wait(waiting, clock)
		full, slow := q.limit >= 0 && waiting >= q.limit, q.maxWait >= 0 && wait > q.maxWait
		if full || slow {
			if q.longest > 0 {
				wait = min(wait, q.longest)
			}
			return &QueueFull{exchange: r.exchange, retry: wait, slow: !full}
		}
	}
	if !r.progress.queued.Swap(true) { // else somebody gave it back twice: it counts once
		r.progress.ticket.Store(q.tickets.Add(1))
	}
	if r.progress.over.Load() {
		r.leaveQueue() // its client went before it came here
	}
	return nil
}

// wait is how long one has to wait behind so many. While nothing is measured, or many wait, what the
// handler is at counts as well: it may be slow, or stuck.
func (q *queue) wait(behind int, clock func() int64) time.Duration {
	service := time.Duration(q.service.Load())
	if service > slow && clock()-q.measured.Load() > int64(quietTime) {
		service = 0 // it was slow once
	}
	var running time.Duration
	if service == 0 || behind >= stuckLength {
		if since := q.busySince.Load(); since != 0 {
			running = time.Duration(clock() - since)
		}
	}
	if service == 0 {
		service = running
	}
	return max(time.Duration(behind)*service, running)
}

// slow is what a request takes where a look at the clock does not count.
const slow = time.Millisecond

// stuckLength is how many have to wait before the router looks at the clock.
const stuckLength = 64

// measure learns from a request that has just taken so many nanoseconds. What got faster is believed sooner than
// what got slower: one slow request is no reason to send others away.
func (q *queue) measure(took, now int64) {
	q.measured.Store(now)
	before := q.service.Load()
	switch {
	case before == 0:
		q.service.Store(took)
	case took < before:
		q.service.Store(before - (before-took)/2)
	default:
		q.service.Store(before + (took-before)/8)
	}
}
