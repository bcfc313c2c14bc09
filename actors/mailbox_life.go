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
		m.suspended = !m.stopping && !m.gone.Load()
	case *actor.ResumeMailbox:
		m.suspended = false
	case *refuseQueued:
		m.refuseQueued(message.retry)
	case *actor.Restart:
		if !m.stopping { // else it was told to stop after it had failed, and nothing is to bring it back
			m.end(message)
		}
	case *actor.Stop:
		m.stopping = true
		m.end(message)
	default:
		m.invoker.InvokeSystemMessage(message)
		m.noteLifeCycle(message)
	}
}

// end hands a message to the actor with which its incarnation ends. Should that have to wait for its
// children, requests do not wait with it.
func (m *mailbox) end(message any) {
	if m.custody == nil {
		m.invoker.InvokeSystemMessage(message)
		m.noteLifeCycle(message)
		return
	}
	if m.gone.Load() {
		return // it was told twice
	}
	m.env.ending.Store(m.self.Id, m)
	m.invoker.InvokeSystemMessage(message)
	m.noteLifeCycle(message)
	if _, ends := m.env.ending.Load(m.self.Id); ends && !m.gone.Load() {
		m.turnsAway.Store(true)
		m.refuseQueued(0)
	}
}

func (m *mailbox) noteLifeCycle(message any) {
	switch message.(type) {
	case *actor.Started:
		m.env.log.debug(m.self, "started")
	case *actor.Restart:
		m.lose(m.env.crashed)
		m.unstash()
		m.env.log.info(m.self, "restarted")
	case *actor.Stop, *actor.Terminated:
		m.noteEnd()
	}
}

// noteEnd notes that a child has stopped, and perhaps the actor with it.
func (m *mailbox) noteEnd() {
	forgetStopped(m.invoker.(actor.Context))
	// The name may soon be that of another actor.
	if now, _ := m.env.system.ProcessRegistry.GetLocal(m.self.Id); now != m.process && !m.gone.Load() {
		m.suspended = false // what is left has to be refused
		m.gone.Store(true)
		m.lose(m.env.stopped)
		m.unstash()
		m.env.ending.CompareAndDelete(m.self.Id, m)
		m.env.log.debug(m.self, "stopped")
	}
}

// isEnding reports whether an incarnation has begun to end and has not ended: of somebody else's actor.
func (m *mailbox) isEnding() bool {
	ending, ends := m.env.ending.Load(m.self.Id)
	return ends && ending == m && !m.gone.Load()
}

// endAnyway has an actor end whose last say has ended the goroutine, by runtime.Goexit: the library has left off in
// the middle. It goes on when it hears of a child's end, so it hears of one more (see environment.guarding).
func (m *mailbox) endAnyway() {
	if m.stopping {
		m.lose(m.env.stopped)
	}
	m.turnsAway.Store(true)
	m.refuseQueued(0)
	ctx := m.invoker.(actor.Context)
	for _, child := range ctx.Children() {
		ctx.Stop(child)
	}
	m.PostSystemMessage(&actor.Terminated{Who: m.self})
}

// lose answers for the requests that the actor had taken and not answered.
func (m *mailbox) lose(tell func(*Request)) {
	if m.custody != nil {
		m.custody.lose(tell)
	}
}

// refuseQueued is a message to a mailbox itself: its actor has crashed, and pauses. Answer for the
// requests that it had taken, and for those that wait.
type refuseQueued struct{ retry time.Duration }

// refuseQueued refuses the requests that wait; other messages stay.
func (m *mailbox) refuseQueued(retry time.Duration) {
	m.lose(m.env.crashed)
	m.unstash()
	m.mu.Lock()
	waiting := slices.Concat(m.batch[m.next:], m.backlog, m.incoming)
	m.batch, m.next, m.backlog, m.incoming = nil, 0, nil, nil
	m.mu.Unlock()
	for _, message := range waiting {
		_, content, sender := actor.UnwrapEnvelope(message)
		if _, answer := content.(*Response); answer || !m.env.refuse(content, sender, retry) {
			m.batch = append(m.batch, message)
		}
	}
}

// mayHear reports whether a message of the end is for the actor: not that of endAnyway, and no second Stopped, to
// which that leads.
func (m *mailbox) mayHear(message any) bool {
	switch message := message.(type) {
	case *actor.Stopped:
		again := m.stopped
		m.stopped = true
		return !again
	case *actor.Terminated:
		return !m.self.Equal(message.Who)
	}
	return true
}
