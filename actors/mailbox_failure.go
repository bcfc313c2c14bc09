package actors

import (
	"slices"

	"github.com/asynkron/protoactor-go/actor"
)

// What a mailbox does when its actor fails.

// failure answers for the message on which the actor failed, and reports the panic to supervision, on
// the goroutine where its stack still is.
func (m *mailbox) failure(reason any) {
	message := m.current
	m.current = nil
	m.env.counts.crashes.Add(1)
	if m.custody != nil {
		m.custody.rest()
	}
	m.unstashCurrent(message)
	m.env.crashedOn(message, m.custody)
	c := &crash{mailbox: m, text: "an error that ended the goroutine when it was printed", verdict: m.judge(message)}
	ends := true // this goroutine: by runtime.Goexit, in the actor or in the error that it panicked with
	defer func() {
		if ends {
			defer m.schedule()
		}
		m.carryOn(c, message)
		switch {
		case reason == nil && m.isEnding():
			m.endAnyway()
		case m.ofSystem:
			m.noteEnd()
		}
	}()
	kind := kindOf(m.self, c.verdict.decision, placeOfPanic())
	inFull := m.env.crashes.count(m.self, kind)
	if inFull {
		c.takeStack()
	}
	if reason == nil {
		c.text = "runtime.Goexit was called"
	} else {
		c.text = describe(reason)
	}
	if inFull {
		m.env.log.crashed(m.self, c, message)
	} else {
		m.env.crashes.note(m.self, kind, c.text)
	}
	ends = reason == nil
}

// judge decides what becomes of an actor that has failed.
func (m *mailbox) judge(message any) verdict {
	onRequest := isOfRequest(message)
	switch {
	case m.stopping, m.isEnding() && isOfItself(message): // it must not be reborn, or is already about to be
		return verdict{decision: goOn}
	case onRequest && m.isFunction(): // it has no state that could be broken
		return verdict{decision: goOn}
	case onRequest && m.custody != nil:
		return m.policy(0, true)
	}
	return m.policy(m.failures.add(), false)
}

// isOfItself reports whether a message is one with which an incarnation ends.
func isOfItself(message any) bool {
	switch message.(type) {
	case *actor.Restart, *actor.Terminated:
		return true
	}
	return false
}

func (m *mailbox) isFunction() bool {
	_, is := m.invoker.(actor.Context).Actor().(*function)
	return is
}

// carryOn does what was decided after a failure.
func (m *mailbox) carryOn(c *crash, message any) {
	if c.verdict.decision != goOn {
		m.invoker.EscalateFailure(c, message)
		return
	}
	if r := requestIn(message); r == nil || m.stopping && !m.custody.gaveBack(r) { // nobody will repeat the message
		_, content, sender := actor.UnwrapEnvelope(message)
		m.env.refuse(content, sender, 0)
	}
}

// unstash puts what was stashed before all that waits. It can be called only between two messages.
func (m *mailbox) unstash() {
	if len(m.stash) > 0 {
		m.batch, m.next, m.stash = append(m.stash, m.batch[m.next:]...), 0, nil
	}
}

// unstashCurrent takes the message at hand out of the stash: its actor has failed on it. Another actor may
// have stashed the same request, so it has to be there.
func (m *mailbox) unstashCurrent(message any) {
	r := requestIn(message)
	if r == nil {
		return
	}
	before := len(m.stash)
	m.stash = slices.DeleteFunc(m.stash, func(stashed any) bool { return requestIn(stashed) == r })
	if len(m.stash) < before {
		r.progress.stashed.Store(false)
	}
}
