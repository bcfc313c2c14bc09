package actors

import (
	"slices"

	"github.com/asynkron/protoactor-go/actor"
)

// What a mailbox does when its actor fails.

// failure answers the message on which the actor failed, and reports the panic to supervision, on the goroutine that
// still has its stack. A nil reason means that the actor has called runtime.Goexit.
func (m *mailbox) failure(reason any) {
	message := m.behalf(m.current)
	m.current = nil
	c := &crash{mailbox: m}
	defer func() { m.carryOn(c, message) }()
	m.env.counts.crashes.Add(1)
	c.verdict = m.judge(message)
	if c.reason = reason; reason == nil {
		c.reason = errGoexit
	}
	if m.custody != nil {
		m.custody.rest()
	}
	m.unstashCurrent(message)
	m.env.crashedOn(message, m.custody)
	m.env.logCrash(m.self, c, c.reason, message)
	if c.verdict.decision != parents {
		c.reason = nil // the reason may be large
	}
}

// behalf returns the message that the actor works on. If it continues after a future (ReenterAfter), that is the
// message at which it began to wait.
func (m *mailbox) behalf(message any) any {
	if m.ofSystem && kind(message) == "continuation" {
		ctx := m.invoker.(actor.Context)
		return &actor.MessageEnvelope{Message: ctx.Message(), Sender: ctx.Sender()}
	}
	return message
}

// judge decides what happens to an actor that has failed.
func (m *mailbox) judge(message any) verdict {
	onRequest := isOfRequest(message)
	switch {
	case m.isStopping(): // it must not restart
		return verdict{decision: goOn}
	case isPoison(message):
		return verdict{decision: stop}
	case onRequest && m.isFunction(): // a function has no state that could be broken
		return verdict{decision: goOn}
	case onRequest && m.custody != nil:
		return m.policy(0, true)
	}
	return m.policy(m.failures.add(), false)
}

func (m *mailbox) isFunction() bool {
	_, is := m.invoker.(actor.Context).Actor().(*function)
	return is
}

// carryOn carries out the verdict after a failure.
func (m *mailbox) carryOn(c *crash, message any) {
	switch {
	case m.isGone():
	case m.custody != nil:
		m.goOnEnding(message)
	case m.isStopping():
		m.noteEnd()
	}
	switch {
	case c.verdict.decision == goOn:
	case c.verdict.decision == parents:
		m.invoker.EscalateFailure(c.reason, message)
		return
	case isPoison(message): // it stops all the same
		m.PostSystemMessage(&actor.Stop{})
	case c.verdict == verdict{decision: restart} && m.custody != nil: // not by its supervisor, which may be busy for long
		m.suspended = true
		m.PostSystemMessage(&actor.Restart{})
		return
	default:
		m.invoker.EscalateFailure(c, message)
		return
	}
	if r := requestIn(message); r == nil || m.isStopping() && !m.custody.gaveBack(r) { // nobody will repeat the message
		_, content, sender := actor.UnwrapEnvelope(message)
		m.env.refuse(content, sender, 0)
	}
}

// putOff keeps a message with a request until the next incarnation of the actor, or until the exchange ends.
func (m *mailbox) putOff(message *actor.MessageEnvelope, r *Request) {
	p := &passedOn{}
	p.message.Store(message)
	r.passOn(p)
	m.stash = append(m.stash, p)
}

// goOnEnding completes the end of an incarnation that ended the goroutine while it handled its end, which left the
// library in the middle of it. A restart needs nothing more here: the supervisor orders it again.
func (m *mailbox) goOnEnding(message any) {
	switch message.(type) {
	case *actor.Restart, *actor.Stop, *actor.Terminated:
	default:
		return
	}
	if _, ends := m.env.endingMailbox(m.self); !ends {
		return // the next incarnation has begun
	}
	m.silent = true
	if m.isStopping() {
		for _, child := range m.invoker.(actor.Context).Children() {
			m.env.system.Root.Stop(child)
		}
		m.PostSystemMessage(&actor.Terminated{Who: m.env.system.NewLocalPID(nobody)})
	}
}

// An escalated is a failure of a child that the strategy of its parent has made the parent's own. The parent's
// supervisor sends it to the parent's mailbox, which judges it like any other failure.
type escalated struct{ reason, message any }

// escalated judges a failure that the actor has made its own.
func (m *mailbox) escalated(failure *escalated) {
	c := &crash{mailbox: m, verdict: m.judge(failure.message)}
	defer func() { m.carryOn(c, failure.message) }()
	m.env.counts.crashes.Add(1)
	m.env.logCrash(m.self, c, failure.reason, failure.message)
}

// unstash puts stashed messages before all that wait. Call it only between two messages.
func (m *mailbox) unstash() {
	if len(m.stash) > 0 {
		m.batch, m.next, m.stash = append(m.stash, m.batch[m.next:]...), 0, nil
	}
}

// unstashCurrent takes the current message out of the stash, because the actor has failed on it. It looks in its own
// stash: another actor may have stashed the same request.
func (m *mailbox) unstashCurrent(message any) {
	r := requestIn(message)
	if r == nil {
		return
	}
	before := len(m.stash)
	m.stash = slices.DeleteFunc(m.stash, func(stashed any) bool { return stashed.(*passedOn).request() == r })
	if len(m.stash) < before {
		r.progress.stashed.Store(false)
	}
}

// isOfRequest reports whether a message obviously belongs to a request.
func isOfRequest(message any) bool {
	switch actor.UnwrapEnvelopeMessage(message).(type) {
	case *Request, Carrier, *Response, *ReadBody, *BodyRead:
		return true
	}
	return false
}
