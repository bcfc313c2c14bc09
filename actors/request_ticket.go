package actors

import (
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A ticket is the place of a request in the line of an actor. The request has it from before it enters the mailbox
// until it is out of the mailbox, even if its exchange is over.
type ticket struct {
	queue   atomic.Pointer[queue]
	number  atomic.Uint32
	state   atomic.Uint32 // a ticketState, and above it how often the request has joined a line; set after the others
	counted bool          // counted in the shares of the queue; only for those who have the request
}

// The request leaves a line and joins the next, while its link looks at the ticket. So a link changes the state only if
// the ticket is still for the line that it has seen.
type ticketState = uint32

const (
	outside  ticketState = iota
	inside               // the line
	forsaken             // inside, but its exchange is over

	ticketStates = 3 // the bits of a ticketState
	nextLine     = 4
)

func (t *ticket) isIn() bool { return t.state.Load()&ticketStates != outside }

// enter takes the next place in a line.
func (t *ticket) enter(q *queue, counted bool) {
	t.counted = counted
	t.queue.Store(q)
	t.number.Store(q.tickets.Add(1))
	t.state.Store(t.state.Load()&^ticketStates + nextLine | inside)
}

// leave gives the place in the line up, once.
func (t *ticket) leave(client *account) {
	for {
		state := t.state.Load()
		if state&ticketStates == outside {
			return
		}
		q, counted := t.queue.Load(), t.counted
		if !t.state.CompareAndSwap(state, state&^ticketStates) {
			continue // forsaken just now
		}
		if state&ticketStates == forsaken {
			q.abandoned.Add(-1)
		}
		if counted {
			q.shares.remove(client)
		}
		q.left.Add(1)
		return
	}
}

// forsake notes that the exchange of the request is over.
func (t *ticket) forsake() {
	for {
		state := t.state.Load()
		if state&ticketStates != inside {
			return
		}
		if q := t.queue.Load(); t.state.CompareAndSwap(state, state&^ticketStates|forsaken) {
			q.abandoned.Add(1)
			return
		}
	}
}

// A passedOn stands in a mailbox for a message with which an actor has passed a request on. When the exchange ends
// before the actor begins the request, the message is freed at once: the actors that had the request before may have
// forgotten it.
type passedOn struct {
	ticket
	message atomic.Pointer[actor.MessageEnvelope] // nil when it was taken or freed
	client  *account
	since   instant
	before  *passedOn // an earlier wait of the request, which may be over by now
}

// passOn notes that the request waits for another actor.
func (r *Request) passOn(p *passedOn) {
	for {
		last := r.progress.passed.Load()
		p.before = last.stillThere()
		if r.progress.passed.CompareAndSwap(last, p) {
			break
		}
	}
	if r.progress.over.Load() {
		p.letGo() // the exchange has just ended
	}
}

// stillThere returns the latest wait that is not over, or nil.
func (p *passedOn) stillThere() *passedOn {
	for p != nil && p.message.Load() == nil {
		p = p.before
	}
	return p
}

// take takes the message out of the mailbox. It returns nil if the exchange is over.
func (p *passedOn) take() *actor.MessageEnvelope {
	p.leave(p.client)
	return p.message.Swap(nil)
}

// request returns the waiting request, or nil.
func (p *passedOn) request() *Request {
	if envelope := p.message.Load(); envelope != nil {
		return requestIn(envelope)
	}
	return nil
}

// letGo frees the message. The mailbox gives the place in the line back later.
func (p *passedOn) letGo() {
	p.forsake()
	p.message.Store(nil)
}

// leaveLine gives the place in the handler's line up, once.
func (r *Request) leaveLine() { r.progress.routed.leave(r.from) }

// forsakeLines notes in all lines of the request that its exchange is over.
func (r *Request) forsakeLines() {
	r.progress.routed.forsake()
	for p := r.progress.passed.Load(); p != nil; p = p.before {
		p.letGo()
	}
}

// waitsAt returns the ticket of the request in the line of the actor to which it was last passed on, or of its
// handler; or nil.
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
	limit := t.queue.Load().maxWait
	if limit < 0 {
		return -1
	}
	return max(limit-between(since, now), 0)
}

// withdraw takes the request out of a line in which it has waited too long, so that no actor begins it there. It
// returns that line, or nil if there is none, or if an actor has just begun the request.
func (r *Request) withdraw(now instant) *queue {
	if p := &r.progress.routed; p.isIn() && p.timeLeft(r.sent, now) == 0 && r.progress.phase.CompareAndSwap(waiting, withdrawn) {
		return p.queue.Load()
	}
	for p := r.progress.passed.Load(); p != nil; p = p.before {
		if p.isIn() && p.timeLeft(p.since, now) == 0 && p.message.Swap(nil) != nil {
			return p.queue.Load()
		}
	}
	return nil
}
