package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A function that is quick is best called by one actor after another request: to wake a second actor for each would cost
// more than the call. So requests wait for the actor that was asked last, while its runs are short. Should it be held up,
// the others are asked after all: at once by the next request, else within helpAfter.

// A quickLine are requests that wait for a quick actor. It is guarded by the crew.
type quickLine struct {
	lead    *place // the actor that was asked last; nil if it is gone
	waiting []*Request
	head    int    // of those, the first that still waits
	taken   uint64 // so far
	watched uint64 // taken, when the line was last looked at
	watches bool   // it will be looked at
}

const (
	quickTime   = int64(200 * time.Microsecond) // that an actor may be at one request to count as quick
	quickLength = 512                           // of the line, from which on others are asked as well
	helpAfter   = time.Millisecond
)

// takes reports whether the last actor is likely to take one more request at once.
func (q *quickLine) takes(now instant) bool {
	if q.lead == nil || q.lead.member.duty != busy || q.length() >= quickLength {
		return false
	}
	m, since := q.lead.line.owner.Load(), q.lead.line.busySince.Load()
	return m != nil && m.task.IsQuick() && (since == 0 || now-since < quickTime)
}

func (q *quickLine) length() int { return len(q.waiting) - q.head }

// push has a request wait, and the line be looked at.
func (q *quickLine) push(request *Request, c *crew) {
	q.waiting = append(q.waiting, request)
	if !q.watches {
		q.watches, q.watched = true, q.taken
		time.AfterFunc(helpAfter, c.watch)
	}
}

// pop takes the first request; nil if none waits.
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

// all takes all that waits.
func (q *quickLine) all() (messages []any) {
	for message := q.pop(); message != nil; message = q.pop() {
		messages = append(messages, message)
	}
	return messages
}

// watch has others help if the line has not moved since the last look. It is called by a timer.
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

// help gives what waits for an actor that is held up to others.
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
