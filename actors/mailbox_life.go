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
		m.refuseQueued(message.retry)
	case *actor.Restart:
		if !m.isStopping() { // else it was told to stop after it had failed, and nothing is to bring it back
			m.end(message)
		}
	case *actor.Stop:
		if !m.isStopping() { // else it was told twice, and may be in the middle of its end: see goOnEnding
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

// noteStart notes that an incarnation has got through Started.
func (m *mailbox) noteStart() {
	if m.place != nil && m.place.presence != nil {
		m.env.readiness.note(m.place.presence, hasStarted)
	}
}

// end hands a message to the actor with which its incarnation ends. Should that have to wait for its
// children, requests do not wait with it for long: they have done nothing wrong, so the next incarnation serves
// them if it comes soon.
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

// childrenTime is how long requests wait for the children of an actor that is restarted.
const childrenTime = 100 * time.Millisecond

// childrenLate is a message to a mailbox itself: that time is over.
type childrenLate struct{ restart int }

// turnAway has an actor refuse requests if it waits for its children to end.
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
	now, _ := m.env.system.ProcessRegistry.GetLocal(m.self.Id) // the name may soon be that of another actor
	if m.isGone() || now == m.process {
		return
	}
	m.invoker = &ended{m.env.system.ProcessRegistry, m.self}
	m.suspended = false // what is left has to be refused
	m.life.Store(hasStopped)
	m.lose(m.env.stopped)
	m.unstash()
	m.env.ending.CompareAndDelete(m.self.Id, m)
	m.env.log.debug(m.self, "stopped")
}

// An ended stands for an actor that has stopped. Who has its PID has its mailbox as well, but not the actor, with all
// that this has held (docs/decisions/0021-what-an-actor-leaves-behind.md).
type ended struct {
	registry *actor.ProcessRegistryValue
	self     *actor.PID
}

// InvokeSystemMessage tells a watcher that has come too late.
func (e *ended) InvokeSystemMessage(message any) {
	if watch, ok := message.(*actor.Watch); ok {
		process, _ := e.registry.Get(watch.Watcher)
		process.SendSystemMessage(watch.Watcher, &actor.Terminated{Who: e.self})
	}
}

// InvokeUserMessage does nothing: the mailbox refuses what is left.
func (e *ended) InvokeUserMessage(any) {}

// EscalateFailure does nothing.
func (e *ended) EscalateFailure(any, any) {}

// lose answers for the requests that the actor had taken and not answered.
func (m *mailbox) lose(tell func(*Request)) {
	if m.custody != nil {
		m.custody.lose(tell)
	}
}

// giveBack gives a request that its actor has not begun back to the router, if another actor can have it: the next one
// with its key, or one of a function.
func (m *mailbox) giveBack(message any) bool {
	r := routed(message)
	if r == nil || m.place == nil || !m.place.of.hasOthers() || r.isTaken() {
		return false
	}
	m.env.system.Root.Send(m.place.router, &returned{place: m.place, request: r, from: m.self})
	return true
}

// refuseQueued is a message to a mailbox itself: its actor has crashed, and pauses. Answer for the
// requests that it had taken, and for those that wait.
type refuseQueued struct{ retry time.Duration }

// refuseQueued refuses the requests that wait; other messages stay.
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
