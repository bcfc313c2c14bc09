package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/dispatch"
)

// How messages get from the mailbox to its actor.

// runAll hands messages to the actor until there are none left, or until other actors must get a turn. The dispatcher
// learns how long foreign actors take.
func (m *mailbox) runAll() {
	if m.custody == nil {
		m.deliverAll()
		return
	}
	began := m.env.clock()
	messages := m.deliverAll()
	m.task.Learn(time.Duration(m.env.clock()-began), messages)
}

// deliverAll delivers until the mailbox is drained or must yield. If the actor ends the goroutine by runtime.Goexit,
// another goroutine goes on.
func (m *mailbox) deliverAll() (messages int) {
	outcome := failed
	defer func() {
		if outcome != drained {
			m.schedule()
		}
	}()
	for outcome == failed { // supervision has been told, and has suspended the mailbox
		var n int
		n, outcome = m.deliver()
		messages += n
	}
	return messages
}

// An outcome is why a delivery ended.
type outcome uint8

const (
	failed outcome = iota
	drained
	yielded
)

func (m *mailbox) deliver() (messages int, outcome outcome) {
	owner := true // a drained mailbox belongs to the goroutine that runs it next
	defer func() {
		if reason := recover(); owner {
			m.failure(reason)
		}
	}()
	hops := m.env.log.hops()
	for ; messages < dispatch.Throughput; messages++ {
		if !m.take() {
			owner = false
			return messages, drained
		}
		if m.ofSystem {
			m.invokeSystem(m.current)
		} else {
			m.invokeUser(m.current, hops)
		}
		m.current = nil
	}
	owner = false
	return messages, yielded
}

// take sets current to the next message. If there is none, the mailbox is no longer scheduled.
func (m *mailbox) take() bool {
	if !m.urgent.Load() && !m.suspended && m.next < len(m.batch) {
		return m.takeFromBatch()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.system) > 0 {
		m.current, m.ofSystem = m.system[0], true
		m.system = m.system[1:]
		if len(m.system) == 0 {
			m.system = nil
			m.urgent.Store(false)
		}
		return true
	}
	if !m.suspended && m.next == len(m.batch) {
		m.swap()
	}
	if m.suspended || m.next == len(m.batch) {
		m.scheduled = false
		return false
	}
	return m.takeFromBatch()
}

func (m *mailbox) takeFromBatch() bool {
	m.current, m.batch[m.next], m.ofSystem = m.batch[m.next], nil, false
	m.next++
	return true
}

// swap makes all incoming messages the batch, and reuses the empty batch for the next ones. If clients wait long, it
// takes only as many requests as are served soon, of each client in turn. After a burst it keeps no room for more
// than keptMessages.
func (m *mailbox) swap() {
	if m.custody != nil && (m.turns.number > 0 || m.custody.queue.isSlow(len(m.incoming))) {
		m.batch = m.turns.next(m.batch[:0], m.incoming, m.custody.queue.soon())
		clear(m.incoming)
		m.incoming = m.incoming[:0]
	} else {
		m.batch, m.incoming = m.incoming, m.batch[:0]
	}
	m.next = 0
	if cap(m.incoming) > keptMessages {
		m.incoming = nil
	}
}

// keptMessages is the largest capacity that an empty queue keeps.
const keptMessages = 64

// invokeUser hands a message to the actor. If the actor has stopped, it refuses the message, so that the requester
// does not wait in vain.
func (m *mailbox) invokeUser(message any, hops bool) {
	if p, ok := message.(*passedOn); ok {
		envelope := p.take()
		if envelope == nil {
			m.env.log.debug(m.self, "request dropped")
			m.custody.rest()
			return
		}
		message, m.current = envelope, envelope
	}
	if m.isGone() {
		if m.giveBack(message) {
			return
		}
		_, content, sender := actor.UnwrapEnvelope(message)
		if _, answer := content.(*Response); answer && m.custody != nil {
			return // a copy with the same source may be on its way to the connection
		}
		m.env.refuse(content, sender, 0)
		return
	}
	if hops {
		m.env.log.hop(m.self, message)
	}
	if m.custody != nil {
		if r := requestOf(message); r != nil {
			m.custody.take(message, r)
			return
		}
	}
	m.invoker.InvokeUserMessage(message)
}
