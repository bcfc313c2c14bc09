package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/dispatch"
)

// How the messages of a mailbox come to its actor.

// runAll hands messages to the actor until there are none, or others have to get their turn. How long somebody else's
// actor takes is for the dispatcher to know.
func (m *mailbox) runAll() {
	if m.custody == nil {
		m.deliverAll()
		return
	}
	began := m.env.clock()
	messages := m.deliverAll()
	m.task.Learn(time.Duration(m.env.clock()-began), messages)
}

// deliverAll delivers until the mailbox is drained, or has to yield. Should the actor end the goroutine, by
// runtime.Goexit, another one goes on.
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
	owner := true // once the mailbox is drained, it belongs to the goroutine that runs it next
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

// take sets current to the next message. If there is none, the mailbox is not scheduled any more.
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

// swap takes all that has come in, and leaves the empty batch for what comes next. Where clients wait long,
// it takes as many requests as are served soon, of each client in turn. An actor that has nothing to do
// keeps no more room than keptMessages: a burst is over.
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

// keptMessages is the size of a queue that is kept while it is empty.
const keptMessages = 64

// invokeUser hands a message to the actor. What is left in the queue of a stopped one would vanish
// without a word, and its requester would wait in vain.
func (m *mailbox) invokeUser(message any, hops bool) {
	if p, ok := message.(*passedOn); ok {
		envelope := p.take()
		if envelope == nil {
			m.env.log.debug(m.self, "request dropped")
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
			return // another copy may be on its way to the connection, with the same source
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
