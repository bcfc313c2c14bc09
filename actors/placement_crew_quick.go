package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// It is best to give the requests of a quick function to one actor, one after another: waking a second actor for each
// would cost more than the call. So requests wait for the last actor that was asked, as long as its runs are short.
// If that actor is held up, others are asked: at once when another request comes, otherwise within helpAfter.

// A quickLine is the line of requests that wait for a quick actor. The lock of the crew guards it.
type quickLine struct {
	lead    *place // the last actor that was asked; nil if it is gone
	waiting []*Request
	head    int    // index of the first that still waits
	taken   uint64 // requests taken so far
	watched uint64 // taken at the last look
	watches bool   // a look is scheduled
}

const (
	quickTime   = int64(200 * time.Microsecond) // an actor that is longer at one request is not quick
	quickLength = 512                           // of the line; if longer, others are asked as well
	helpAfter   = time.Millisecond
)

// takes reports whether the last actor will probably take another request at once.
func (q *quickLine) takes(now instant) bool {
	if q.lead == nil || q.lead.member.duty != busy || q.length() >= quickLength {
		return false
	}
	m, since := q.lead.line.owner.Load(), q.lead.line.busySince.Load()
	return m != nil && m.task.IsQuick() && (since == 0 || now-since < quickTime)
}

func (q *quickLine) length() int { return len(q.waiting) - q.head }

// push adds a request to the line, and schedules a look at it.
func (q *quickLine) push(request *Request, c *crew) {
	q.waiting = append(q.waiting, request)
	if !q.watches {
		q.watches, q.watched = true, q.taken
		time.AfterFunc(helpAfter, c.watch)
	}
}

// pop takes the first request; nil if there is none.
func (q *quickLine) pop() any {
	if q.head == len(q.waiting) {
		return nil
	}
	first := q.waiting[q.head]
	q.waiting[q.head] = nil
	q.taken++
	if q.head++; q.head == len(q.waiting) {
		q.waiting, q.head = q.waiting[:0], 0
		if cap(q.waiting) > keptMessages {
			q.waiting = nil
		}
	}
	return &first.envelope
}

// all takes all requests.
func (q *quickLine) all() (messages []any) {
	for message := q.pop(); message != nil; message = q.pop() {
		messages = append(messages, message)
	}
	return messages
}

// watch makes other actors help if the line has not moved since the last look. A timer calls it.
func (c *crew) watch() {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := &c.quick
	if q.watches = q.length() > 0; !q.watches {
		return
	}
	if q.taken == q.watched {
		c.of.env.system.Root.Send(c.router, &helpDue{c.of})
	}
	q.watched = q.taken
	time.AfterFunc(helpAfter, c.watch)
}

// help gives the requests that wait for a held-up actor to others.
func (c *crew) help(r *router, ctx actor.Context) {
	c.mu.Lock()
	c.quick.lead = nil
	var others []*place
	for c.quick.length() > len(others) {
		at := c.employFree()
		if at == nil {
			break
		}
		others = append(others, at)
	}
	messages := c.quick.all()
	for i, at := range others {
		ctx.Send(at.pid, messages[i])
	}
	for _, message := range messages[len(others):] {
		request := routed(message)
		c.turns.add(request.from, message)
	}
	more := c.turns.number
	c.mu.Unlock()
	for range more {
		if int(c.actors.Load()) >= c.limit {
			break
		}
		c.spawn(r, ctx)
	}
}
