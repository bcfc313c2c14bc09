package actors

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A mailbox is the queue of an actor: messages of the life cycle first, then the others in the order
// in which they came. It is our own, because the library's hides what people have to see: the stack
// of a panic, and the requests that are still queued when their actor has stopped. It also costs
// less: waking an actor allocates nothing.
type mailbox struct {
	env     *environment
	invoker actor.MessageInvoker
	self    *actor.PID
	process actor.Process // that the registry has for the actor
	run     func()        // m.runAll, made once
	custody *custody      // of requests; nil for an actor of the server's own

	mu        sync.Mutex
	system    []any
	incoming  []any
	scheduled bool
	urgent    atomic.Bool // system is not empty
	bulk      atomic.Bool // its runs are long: it carries large content
	turnsAway atomic.Bool // it refuses requests: its actor waits for its children to end
	gone      atomic.Bool // its actor has stopped

	// The rest belongs to whoever runs the mailbox.
	batch     []any // taken from incoming, up to next already handed out
	next      int
	stash     []any // requests that the actor has put off until its next incarnation
	current   any   // the message that the actor is at
	ofSystem  bool  // it is one of the life cycle
	suspended bool
	stopping  bool // it waits for its children
}

// newMailbox makes a mailbox, for a handler one that keeps its requests in custody.
func (env *environment) newMailbox(requests *custody) *mailbox {
	m := &mailbox{env: env, custody: requests}
	m.run = m.runAll
	if requests != nil {
		requests.env, requests.mailbox = env, m
		if requests.queue != nil {
			requests.queue.handler.Store(m)
		}
	}
	return m
}

// RegisterHandlers ties the mailbox to its actor.
func (m *mailbox) RegisterHandlers(invoker actor.MessageInvoker, _ actor.Dispatcher) {
	m.invoker = invoker
	m.self = invoker.(actor.Context).Self()
	m.process, _ = m.env.system.ProcessRegistry.GetLocal(m.self.Id)
}

// Start does nothing: the mailbox runs when there is a message.
func (m *mailbox) Start() {}

// UserMessageCount is how many messages wait, besides those of the life cycle. It is exact only for
// whoever runs the mailbox.
func (m *mailbox) UserMessageCount() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.incoming) + len(m.batch) - m.next
}

// PostUserMessage queues a message.
func (m *mailbox) PostUserMessage(message any) {
	if m.turnsAway.Load() {
		if r := requestIn(message); r != nil {
			m.env.refuse(r, nil, 0)
			return
		}
	}
	m.mu.Lock()
	m.incoming = append(m.incoming, message)
	m.unlockAndSchedule()
}

// PostSystemMessage queues a message of the life cycle.
func (m *mailbox) PostSystemMessage(message any) {
	m.mu.Lock()
	m.system = append(m.system, message)
	m.urgent.Store(true)
	m.unlockAndSchedule()
}

func (m *mailbox) unlockAndSchedule() {
	idle := !m.scheduled
	m.scheduled = true
	m.mu.Unlock()
	if idle {
		m.schedule()
	}
}

func (m *mailbox) schedule() { m.env.dispatcher.schedule(job{m.run, m}) }

// runAll hands messages to the actor until there are none, or others have to get their turn.
func (m *mailbox) runAll() {
	for {
		switch m.deliver() {
		case drained:
			return
		case yielded:
			m.schedule()
			return
		case failed: // supervision has been told, and has suspended the mailbox
		}
	}
}

// An outcome is why a delivery ended.
type outcome uint8

const (
	failed outcome = iota
	drained
	yielded
)

func (m *mailbox) deliver() (outcome outcome) {
	owner := true // once the mailbox is drained, it belongs to whoever runs it next
	defer func() {
		if reason := recover(); owner {
			m.failure(reason)
		}
	}()
	hops := m.env.log.hops()
	for range throughput {
		if !m.take() {
			owner = false
			return drained
		}
		if m.ofSystem {
			m.invokeSystem(m.current)
		} else {
			m.invokeUser(m.current, hops)
		}
		m.current = nil
	}
	owner = false
	return yielded
}

// failure answers for the message on which the actor failed, and reports the panic to supervision, on
// the goroutine where its stack still is.
func (m *mailbox) failure(reason any) {
	message := m.current
	m.current = nil
	if reason == nil {
		reason = errors.New("runtime.Goexit was called")
		defer m.schedule() // this goroutine ends
	}
	m.env.counts.crashes.Add(1)
	if m.custody != nil {
		m.custody.rest()
	}
	m.unstashCurrent(message)
	m.env.crashedOn(message, reason, m.custody)
	if m.stopping { // it must not be reborn, and nobody will repeat the message
		m.env.log.crashed(m.self, newCrash(reason), message, "go on", 0)
		if r := requestIn(message); r == nil || !m.custody.gaveBack(r) {
			_, content, sender := actor.UnwrapEnvelope(message)
			m.env.refuse(content, sender, 0)
		}
		return
	}
	m.invoker.EscalateFailure(newCrash(reason), message)
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

// swap takes all that has come in, and leaves the empty batch for what comes next.
func (m *mailbox) swap() {
	m.batch, m.incoming, m.next = m.incoming, m.batch[:0], 0
	if cap(m.incoming) > keptMessages {
		m.incoming = nil // a burst is over: an idle actor is to cost little
	}
}

// keptMessages is the size of a queue that is kept while it is empty.
const keptMessages = 64

// invokeUser hands a message to the actor. What is left in the queue of a stopped one would vanish
// without a word, and its requester would wait in vain.
func (m *mailbox) invokeUser(message any, hops bool) {
	if m.gone.Load() {
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
}

// lose answers for the requests that the actor had taken and not answered.
func (m *mailbox) lose(tell func(*Request)) {
	if m.custody != nil {
		m.custody.lose(tell)
	}
}

// unstash puts what was stashed before all that waits. It can be called only between two messages.
func (m *mailbox) unstash() {
	if len(m.stash) > 0 {
		m.batch, m.next, m.stash = append(m.stash, m.batch[m.next:]...), 0, nil
	}
}

// unstashCurrent takes the message at hand out of the stash: its actor has failed on it.
func (m *mailbox) unstashCurrent(message any) {
	if r := requestIn(message); r != nil && len(m.stash) > 0 && r.progress.stashed.Swap(false) {
		m.stash = m.stash[:len(m.stash)-1]
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
	waiting := append(m.batch[m.next:], m.incoming...)
	m.batch, m.next, m.incoming = nil, 0, nil
	m.mu.Unlock()
	for _, message := range waiting {
		_, content, sender := actor.UnwrapEnvelope(message)
		if _, answer := content.(*Response); answer || !m.env.refuse(content, sender, retry) {
			m.batch = append(m.batch, message)
		}
	}
}
