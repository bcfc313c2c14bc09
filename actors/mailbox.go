package actors

import (
	"sync"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/dispatch"
)

// A mailbox is the queue of an actor: messages of the life cycle first, then the others in the order in which they
// came. The library's own mailbox hides what people need to see: the stack of a panic, and the requests that are
// still queued when their actor has stopped. Ours also costs less: waking an actor allocates nothing.
type mailbox struct {
	env     *env
	invoker actor.MessageInvoker
	self    *actor.PID
	process actor.Process // what the registry has for the actor
	task    dispatch.Task // runs the mailbox
	custody *custody      // nil for an actor of the server's own
	place   *place        // nil unless the actor is one of a handler
	policy  policy        // decides what happens to the actor when it fails
	life    atomic.Uint32 // a mailboxLife; set by the goroutine that runs the mailbox
	inbox
	delivery
	setbacks
}

// A mailboxLife says whether the actor of a mailbox is ending.
type mailboxLife = uint32

const (
	goesOn     mailboxLife = iota
	turnsAway              // its restart waits long for its children: requests are refused
	pausing                // it restarts after a pause: requests are refused, and a poison pill stops it
	stopping               // requests are refused
	hasStopped             // its name is free
)

// An inbox is the part of a mailbox that senders touch.
type inbox struct {
	mu        sync.Mutex
	system    []any
	incoming  []any
	scheduled bool
	urgent    atomic.Bool // system is not empty
}

// A delivery belongs to the goroutine that runs the mailbox. While none does, mu guards it.
type delivery struct {
	batch     []any // taken from incoming; those before next are handed out
	next      int
	turns     turns // requests taken from incoming for later batches
	stash     []any // requests that the actor has put off until its next incarnation
	current   any   // the current message
	ofSystem  bool  // current belongs to the life cycle
	suspended bool
}

// setbacks are what the mailbox remembers of the ends of earlier incarnations. They belong to the goroutine that runs
// it.
type setbacks struct {
	failures failures
	restarts int  // restarts that had to wait for children
	silent   bool // the incarnation ended its goroutine while it was ending: it gets no more messages about its end
}

// newMailbox makes a mailbox. With a custody it keeps requests, for foreign actors.
func (env *env) newMailbox(requests *custody, policy policy) *mailbox {
	m := &mailbox{env: env, custody: requests, policy: policy}
	m.scheduled = true // until Start: the actor does not exist yet
	m.task.Run, m.task.Owner, m.task.Trusted = m.runAll, m, requests == nil
	if requests != nil {
		requests.env, requests.mailbox = env, m
		if requests.queue != nil {
			requests.queue.owner.Store(m)
		}
	}
	return m
}

// sit makes this the mailbox of the actor in a place.
func (m *mailbox) sit(at *place) {
	m.place, m.custody.queue = at, at.line
	at.line.owner.Store(m)
}

// RegisterHandlers ties the mailbox to its actor.
func (m *mailbox) RegisterHandlers(invoker actor.MessageInvoker, _ actor.Dispatcher) {
	m.invoker = invoker
	m.self = invoker.(actor.Context).Self()
	m.process, _ = m.env.system.ProcessRegistry.GetLocal(m.self.Id)
	if m.custody != nil && m.custody.queue == nil {
		at, _ := m.env.births.Load(m.self.Id)
		m.sit(at.(*place))
	}
}

// Start lets the mailbox run when there is a message.
func (m *mailbox) Start() {
	m.mu.Lock()
	m.scheduled = false
	m.unlockAndSchedule()
}

// isGone reports whether the actor has stopped.
func (m *mailbox) isGone() bool { return m.life.Load() == hasStopped }

// isStopping reports whether the actor stops, or has stopped.
func (m *mailbox) isStopping() bool { return m.life.Load() >= stopping }

// refuses reports whether the actor takes no more requests, because it ends, or restarts slowly.
func (m *mailbox) refuses() bool {
	life := m.life.Load()
	return life == turnsAway || life == pausing || life == stopping
}

// UserMessageCount is how many messages wait, without those of the life cycle. It is exact only on the goroutine that
// runs the mailbox.
func (m *mailbox) UserMessageCount() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.incoming) + m.turns.number + len(m.batch) - m.next
}

// PostUserMessage queues a message. A request that did not come from the router joins the line of the actor here, or
// is refused.
func (m *mailbox) PostUserMessage(message any) {
	if m.custody != nil {
		if r := requestIn(message); r != nil {
			if message = m.admit(message, r); message == nil {
				return
			}
		}
	}
	m.mu.Lock()
	if !m.scheduled && !m.suspended { // nobody runs the mailbox and nothing waits: the batch is ours
		m.batch, m.next = append(m.batch[:0], message), 0
	} else {
		m.incoming = append(m.incoming, message)
	}
	m.unlockAndSchedule()
	if m.life.Load() == pausing && isPoison(message) {
		m.PostSystemMessage(&actor.Stop{})
	}
}

// admit returns what to queue for a message with a request. It returns nil if the request may not wait for the actor;
// then the connection has been told.
func (m *mailbox) admit(message any, r *Request) any {
	if m.refuses() {
		if !m.giveBack(message) {
			m.env.refuse(r, nil, 0)
		}
		return nil
	}
	if routed(message) == r && !r.isTaken() {
		return message // the router has admitted it
	}
	r.leaveLine() // of its handler: the router may have let it in once more
	p := &passedOn{client: r.from, since: m.env.clock()}
	p.message.Store(actor.WrapEnvelope(message))
	if !r.isVital() {
		if full := m.custody.queue.join(r, &p.ticket, m.env.clock); full != nil {
			m.custody.queue.noteRefusal(m.env, r, full)
			m.env.tell(r, nil, full)
			return nil
		}
	}
	r.passOn(p)
	return p
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

func (m *mailbox) schedule() { m.env.dispatcher.ScheduleTask(&m.task) }
