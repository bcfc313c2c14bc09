package actors

import (
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// What a mailbox does with the messages of the life cycle.

// invokeSystem hands a message of the life cycle to the actor, or to the queue itself.
func (m *mailbox) invokeSystem(message any) {
	switch message := message.(type) {
	case *actor.SuspendMailbox:
		m.suspended = !m.isStopping()
	case *actor.ResumeMailbox:
		m.suspended = false
	case *childrenLate:
		if message.restart == m.restarts {
			m.turnAway()
		}
	case *escalated:
		m.escalated(message)
	case *refuseQueued:
		m.pause(message.retry)
	case *actor.Restart:
		if !m.isStopping() { // else it was told to stop after the failure, and must not come back
			m.end(message)
		}
	case *actor.Stop:
		if !m.isStopping() { // else it was told twice, and may be halfway through its end: see goOnEnding
			m.life.Store(stopping)
			m.end(message)
		}
	default:
		_, restarts := m.env.endingMailbox(m.self)
		m.invoker.InvokeSystemMessage(message)
		m.noteLifeCycle(message)
		if _, waits := m.env.endingMailbox(m.self); restarts && !waits { // its last child has stopped
			m.noteStart()
		}
	}
}

// noteStart notes that an incarnation has handled Started.
func (m *mailbox) noteStart() {
	if m.place != nil && m.place.presence != nil {
		m.env.readiness.note(m.place.presence, hasStarted)
	}
}

// end hands the actor a message that ends its incarnation. If the end must wait for children, requests wait for
// childrenTime: the next incarnation serves them if it comes by then.
func (m *mailbox) end(message any) {
	if m.custody == nil {
		m.invoker.InvokeSystemMessage(message)
		m.noteLifeCycle(message)
		return
	}
	m.env.ending.Store(m.self.Id, m)
	m.invoker.InvokeSystemMessage(message)
	m.noteLifeCycle(message)
	if _, restarts := message.(*actor.Restart); !restarts {
		m.turnAway()
		return
	}
	if _, ends := m.env.endingMailbox(m.self); ends {
		m.suspended = true
		m.restarts++
		late := &childrenLate{m.restarts}
		time.AfterFunc(childrenTime, func() { m.PostSystemMessage(late) })
	}
}

// childrenTime is how long requests wait for the children of a restarting actor.
const childrenTime = 100 * time.Millisecond

// childrenLate is a message of a mailbox to itself: childrenTime is over.
type childrenLate struct{ restart int }

// turnAway makes an actor that waits for its children to end refuse requests.
func (m *mailbox) turnAway() {
	if _, ends := m.env.endingMailbox(m.self); ends && !m.isGone() {
		m.life.CompareAndSwap(goesOn, turnsAway)
		m.refuseQueued(0)
	}
}

func (m *mailbox) noteLifeCycle(message any) {
	if m.isGone() {
		return
	}
	switch message.(type) {
	case *actor.Started:
		m.env.log.debug(m.self, "started")
		m.noteStart()
	case *actor.Restart:
		m.lose(m.env.crashed)
		m.unstash()
		m.env.log.info(m.self, "restarted")
		if _, waits := m.env.endingMailbox(m.self); !waits {
			m.noteStart()
		}
	case *actor.Stop, *actor.Terminated:
		forgetStopped(m.invoker.(actor.Context))
		m.noteEnd()
	}
}

// noteEnd notes that the actor has stopped, if it has.
func (m *mailbox) noteEnd() {
	now, _ := m.env.system.ProcessRegistry.GetLocal(m.self.Id) // the name may soon belong to another actor
	if m.isGone() || now == m.process {
		return
	}
	m.invoker = &ended{m.env.system.ProcessRegistry, m.self}
	m.suspended = false // the remaining messages must be refused
	m.life.Store(hasStopped)
	m.lose(m.env.stopped)
	m.unstash()
	m.env.ending.CompareAndDelete(m.self.Id, m)
	if m.custody != nil {
		m.env.topics.release(m.env, m.self)
	}
	m.env.log.debug(m.self, "stopped")
}

// An ended replaces the actor of a mailbox when it has stopped. A PID keeps the mailbox alive, but must not keep the
// actor and its state alive (docs/decisions/0021-what-an-actor-leaves-behind.md).
type ended struct {
	registry *actor.ProcessRegistryValue
	self     *actor.PID
}

// InvokeSystemMessage tells a late watcher that the actor has stopped.
func (e *ended) InvokeSystemMessage(message any) {
	if watch, ok := message.(*actor.Watch); ok {
		process, _ := e.registry.Get(watch.Watcher)
		process.SendSystemMessage(watch.Watcher, &actor.Terminated{Who: e.self})
	}
}

// InvokeUserMessage does nothing: the mailbox refuses the remaining messages.
func (e *ended) InvokeUserMessage(any) {}

// EscalateFailure does nothing.
func (e *ended) EscalateFailure(any, any) {}

// lose calls tell for the requests that the actor had taken and not answered.
func (m *mailbox) lose(tell func(*Request)) {
	if m.custody != nil {
		m.custody.lose(tell)
	}
}

// giveBack gives a request that the actor has not begun back to the router, if another actor may get it: the next one
// with the same key, or any of a function.
func (m *mailbox) giveBack(message any) bool {
	r := routed(message)
	if r == nil || m.place == nil || !m.place.of.hasOthers() || r.isTaken() {
		return false
	}
	if r.progress.over.Load() { // the router may be gone already
		r.leaveLine()
		return true
	}
	if m.place.key != "" && !m.isStopping() { // it only pauses: there is no successor to wait for
		return false
	}
	m.env.system.Root.Send(m.place.router, &returned{place: m.place, request: r, by: m})
	return true
}

// refuseQueued is a message of a mailbox to itself: its actor has crashed, and pauses. Answer the requests that it
// had taken, and those that wait.
type refuseQueued struct{ retry time.Duration }

// pause refuses requests until the restart. A poison pill would wait for as long as the actor keeps failing.
func (m *mailbox) pause(retry time.Duration) {
	if m.life.CompareAndSwap(goesOn, pausing) || m.life.Load() == pausing {
		defer m.stopIfPoisoned()
	}
	m.refuseQueued(retry)
}

func (m *mailbox) stopIfPoisoned() {
	m.mu.Lock()
	poisoned := slices.ContainsFunc(m.batch[m.next:], isPoison) || slices.ContainsFunc(m.incoming, isPoison)
	m.mu.Unlock()
	if poisoned {
		m.PostSystemMessage(&actor.Stop{})
	}
}

// refuseQueued answers the requests that the actor had taken or that wait; other messages stay.
func (m *mailbox) refuseQueued(retry time.Duration) {
	m.lose(m.env.crashed)
	m.unstash()
	m.mu.Lock()
	waiting := slices.Concat(m.turns.next(m.batch[m.next:], nil, m.turns.number), m.incoming)
	m.batch, m.next, m.incoming = nil, 0, nil
	m.mu.Unlock()
	for _, message := range waiting {
		if m.isStopping() && m.giveBack(message) {
			continue
		}
		if p, ok := message.(*passedOn); ok {
			envelope := p.take()
			if envelope == nil {
				continue
			}
			message = envelope
		}
		_, content, sender := actor.UnwrapEnvelope(message)
		if _, answer := content.(*Response); answer || !m.env.refuse(content, sender, retry) {
			m.batch = append(m.batch, message)
		}
	}
}
