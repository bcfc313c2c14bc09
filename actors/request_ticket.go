package actors

import (
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A ticket is that of a request in the line of an actor. The request has it from before the mailbox is touched
// until it is out of the mailbox, even if nobody waits for it any more.
type ticket struct {
	queue   *queue
	number  uint32
	state   atomic.Uint32 // a ticketState; what else is here is set before that
	counted bool          // in the shares of the queue
}

type ticketState = uint32

const (
	outside  ticketState = iota
	inside               // the line
	forsaken             // inside, but nobody waits for the request any more
)

func (t *ticket) isIn() bool { return t.state.Load() != outside }

// enter takes the next place in a line.
func (t *ticket) enter(q *queue, counted bool) {
	t.queue, t.counted, t.number = q, counted, q.tickets.Add(1)
	t.state.Store(inside)
}

// leave makes room in the line, once.
func (t *ticket) leave(client *account) {
	if !t.isIn() {
		return
	}
	was := t.state.Swap(outside)
	if was == outside {
		return
	}
	if was == forsaken {
		t.queue.abandoned.Add(-1)
	}
	if t.counted {
		t.queue.shares.remove(client)
	}
	t.queue.left.Add(1)
}

// forsake notes that nobody waits for the request any more.
func (t *ticket) forsake() {
	if t.isIn() && t.state.CompareAndSwap(inside, forsaken) {
		t.queue.abandoned.Add(1)
	}
}

// A passedOn is in the mailbox of an actor instead of a message with which another one has passed a request on
// to it. When the exchange ends, the mailbox lets go of the message: no actor has begun it there, and those that
// had the request before may well have forgotten it.
type passedOn struct {
	ticket
	message atomic.Pointer[actor.MessageEnvelope] // nil when it was taken, or let go
	client  *account
	since   instant
	before  *passedOn // where the request waits as well; it may be out of there by now
}

// passOn notes that the request waits for one more actor.
func (r *Request) passOn(p *passedOn) {
	for {
		last := r.progress.passed.Load()
		p.before = last.stillThere()
		if r.progress.passed.CompareAndSwap(last, p) {
			break
		}
	}
	if r.progress.over.Load() {
		p.letGo() // its exchange has ended just now
	}
}

// stillThere is the last place that the request waits at, or nil.
func (p *passedOn) stillThere() *passedOn {
	for p != nil && p.message.Load() == nil {
		p = p.before
	}
	return p
}

// take takes the message out of the mailbox. It is nil if nobody waits for the request any more.
func (p *passedOn) take() *actor.MessageEnvelope {
	p.leave(p.client)
	return p.message.Swap(nil)
}

// request is the one that waits, or nil.
func (p *passedOn) request() *Request {
	if envelope := p.message.Load(); envelope != nil {
		return requestIn(envelope)
	}
	return nil
}

// letGo lets go of the message. The place in the line is given back by the mailbox.
func (p *passedOn) letGo() {
	p.forsake()
	p.message.Store(nil)
}

// leaveLine makes room in the line of the handler, once.
func (r *Request) leaveLine() { r.progress.routed.leave(r.from) }

// forsakeLines notes in all lines where the request waits that nobody waits for it any more.
func (r *Request) forsakeLines() {
	r.progress.routed.forsake()
	for p := r.progress.passed.Load(); p != nil; p = p.before {
		p.letGo()
	}
}

// waitsAt is the place of the request in the line of an actor: of the one that it was passed on to last; or nil.
func (r *Request) waitsAt() *ticket {
	for p := r.progress.passed.Load(); p != nil; p = p.before {
		if p.isIn() {
			return &p.ticket
		}
	}
	if r.progress.routed.isIn() {
		return &r.progress.routed
	}
	return nil
}

// timeInLine is how long the request may still wait in a line, or below zero for ever.
func (r *Request) timeInLine(now instant) time.Duration {
	left := time.Duration(-1)
	if p := &r.progress.routed; p.isIn() && !r.isTaken() {
		left = p.timeLeft(r.sent, now)
	}
	for p := r.progress.passed.Load(); p != nil; p = p.before {
		if p.isIn() {
			left = earlier(left, p.timeLeft(p.since, now))
		}
	}
	return left
}

func (t *ticket) timeLeft(since, now instant) time.Duration {
	if t.queue.maxWait < 0 {
		return -1
	}
	return max(t.queue.maxWait-time.Duration(now-since), 0)
}

// withdraw takes the request out of a line in which it has waited for too long: no actor begins it there. It is
// nil if there is no such line, or if an actor has begun it just now.
func (r *Request) withdraw(now instant) *queue {
	if p := &r.progress.routed; p.isIn() && p.timeLeft(r.sent, now) == 0 && r.progress.phase.CompareAndSwap(waiting, withdrawn) {
		return p.queue
	}
	for p := r.progress.passed.Load(); p != nil; p = p.before {
		if p.isIn() && p.timeLeft(p.since, now) == 0 && p.message.Swap(nil) != nil {
			return p.queue
		}
	}
	return nil
}
