package actors

import (
	"runtime/debug"

	"github.com/asynkron/protoactor-go/actor"
)

// A mailbox sees what happens to an actor of ours where the library keeps silent about it: when the
// actor starts, restarts and stops, every message that it gets, the stack of a panic, and the
// requests that are still queued when it has stopped. The queue itself is the library's.
type mailbox struct {
	actor.Mailbox
	env     *environment
	invoker actor.MessageInvoker
	self    *actor.PID
	stopped bool
}

func (env *environment) newMailbox() actor.Mailbox {
	return &mailbox{Mailbox: unbounded(), env: env}
}

var unbounded = actor.Unbounded()

// RegisterHandlers puts the mailbox between the queue and the actor.
func (m *mailbox) RegisterHandlers(invoker actor.MessageInvoker, dispatcher actor.Dispatcher) {
	m.invoker = invoker
	m.self = invoker.(actor.Context).Self()
	m.Mailbox.RegisterHandlers(m, dispatcher)
}

// InvokeUserMessage hands a message to the actor. What is left in the queue of a stopped one would
// vanish without a word, and its requester would wait in vain.
func (m *mailbox) InvokeUserMessage(message any) {
	if m.stopped {
		m.env.refuse(m.self, message)
		return
	}
	if m.env.log.hops() {
		m.env.log.hop(m.self, message)
	}
	m.invoker.InvokeUserMessage(message)
}

// InvokeSystemMessage hands a message of the life cycle to the actor.
func (m *mailbox) InvokeSystemMessage(message any) {
	m.invoker.InvokeSystemMessage(message)
	switch message.(type) {
	case *actor.Started:
		m.env.log.debug(m.self, "started")
	case *actor.Stop, *actor.Terminated:
		if _, alive := m.env.system.ProcessRegistry.GetLocal(m.self.Id); !alive && !m.stopped {
			m.stopped = true
			m.env.log.debug(m.self, "stopped")
		}
	}
}

// EscalateFailure runs on the goroutine that panicked, where the stack still is.
func (m *mailbox) EscalateFailure(reason, message any) {
	m.invoker.EscalateFailure(&crash{reason: reason, stack: debug.Stack()}, message)
}

// A crash is why an actor failed: what it panicked with, and where.
type crash struct {
	reason any
	stack  []byte
}

// refuse answers the request that a message carries, if any, because its actor has stopped.
func (env *environment) refuse(stopped *actor.PID, message any) {
	envelope, ok := message.(*actor.MessageEnvelope)
	if !ok || envelope.Sender == nil {
		return
	}
	if request, ok := envelope.Message.(*Request); ok {
		env.system.Root.Send(envelope.Sender, &HandlerStopped{request.exchange})
		env.log.debug(stopped, "refused a request that was still queued")
	}
}
