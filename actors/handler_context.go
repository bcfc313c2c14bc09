package actors

import (
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A handlerContext is the context of a foreign actor: one that is not the server's own. It sends a Response to where
// its request came from, and notes that the request was answered. No use of it, on any goroutine, can end the
// process.
type handlerContext struct {
	actor.Context
	env *env
	// The current message. Users read it on other goroutines, and the library's own field must not be read there.
	at          atomic.Pointer[actor.MessageEnvelope]
	incarnation atomic.Pointer[actor.Actor] // likewise
	children    atomic.Pointer[[]*actor.PID]
}

// signing gives an actor its context.
func (env *env) signing(next actor.ContextDecoratorFunc) actor.ContextDecoratorFunc {
	return func(ctx actor.Context) actor.Context { return &handlerContext{Context: next(ctx), env: env} }
}

// Receive hands the actor a message, which is the current one until it returns.
func (c *handlerContext) Receive(envelope *actor.MessageEnvelope) {
	before := c.at.Load()
	if envelope == nil || before != nil && c.isForeign() {
		c.misused("Receive", nil, notOurs)
		return
	}
	switch envelope.Message.(type) {
	case *actor.Started:
		incarnation := c.Context.Actor()
		c.incarnation.Store(&incarnation)
		c.noteChildren()
	case *actor.Terminated:
		c.noteChildren()
	}
	c.safely("Receive", envelope.Message, func() {
		c.at.Store(envelope)
		defer c.at.Store(before)
		if fault := c.env.hooks.Fault.Load(); fault != nil && (*fault)(path(c.Self()), envelope.Message) {
			panic(errInjected)
		}
		c.Context.Receive(envelope)
	})
}

// errInjected is why an actor crashes if a test wants that.
var errInjected = errors.New("injected by a test")

// Actor returns the current incarnation.
func (c *handlerContext) Actor() actor.Actor {
	if incarnation := c.incarnation.Load(); incarnation != nil {
		return *incarnation
	}
	return c.Context.Actor()
}

// Message returns the current message; nil if there is none.
func (c *handlerContext) Message() any { return messageIn(c.at.Load()) }

func messageIn(envelope *actor.MessageEnvelope) any {
	if envelope == nil {
		return nil
	}
	return envelope.Message
}

// MessageHeader returns the header of the current message.
func (c *handlerContext) MessageHeader() actor.ReadonlyMessageHeader {
	if envelope := c.at.Load(); envelope != nil {
		return envelope.Header
	}
	return actor.EmptyMessageHeader
}

// Sender returns the sender of the current message; nil if there is none. On another goroutine it returns an actor
// that does not exist instead of nil: sending to nil would end the process.
func (c *handlerContext) Sender() *actor.PID {
	if envelope := c.at.Load(); envelope != nil && envelope.Sender != nil {
		return envelope.Sender
	}
	if c.isForeign() {
		return c.env.system.NewLocalPID(nobody)
	}
	return nil
}

// nobody is the name of an actor that does not exist.
const nobody = serverName + "/nobody"

// Send sends a message.
func (c *handlerContext) Send(to *actor.PID, message any) {
	c.sendAt(c.at.Load(), "Send", to, message, func() { c.Context.Send(to, message) })
}

// Request sends a message whose answer comes back to this actor.
func (c *handlerContext) Request(to *actor.PID, message any) {
	c.sendAt(c.at.Load(), "Request", to, message, func() { c.Context.Request(to, message) })
}

// RequestWithCustomSender sends a message whose answer goes to another actor.
func (c *handlerContext) RequestWithCustomSender(to *actor.PID, message any, sender *actor.PID) {
	c.sendAt(c.at.Load(), "RequestWithCustomSender", to, message, func() { c.Context.RequestWithCustomSender(to, message, sender) })
}

// RequestFuture asks like Request, but the answer goes to the future.
func (c *handlerContext) RequestFuture(to *actor.PID, message any, timeout time.Duration) *actor.Future {
	future := actor.NewFuture(c.ActorSystem(), timeout)
	c.sendAt(c.at.Load(), "RequestFuture", to, message, func() {
		if r := requestIn(message); r != nil {
			if own := r.heldBy(c.Self()); own != nil {
				r.progress.asker.Store(&asker{future.PID(), own})
			}
		}
		c.Context.RequestWithCustomSender(to, message, future.PID())
	})
	return future
}

// Forward passes the current message on, with its sender.
func (c *handlerContext) Forward(to *actor.PID) {
	at := c.at.Load()
	if at == nil {
		c.misused("Forward", nil, "there is no message at hand")
		return
	}
	if _, lifeCycle := at.Message.(actor.SystemMessage); lifeCycle {
		c.misused("Forward", at.Message, "a message of the life cycle is not forwarded")
		return
	}
	c.sendAt(at, "Forward", to, at.Message, func() { c.Context.Send(to, at) })
}

// sendAt sends a message while another one is current, unless the message is a wrong answer to the current one.
func (c *handlerContext) sendAt(at *actor.MessageEnvelope, method string, to *actor.PID, message any, send func()) {
	content := actor.UnwrapEnvelopeMessage(message)
	if response, ok := content.(*Response); ok && to == nil && response != nil && response.request != nil {
		c.answer(at, response)
		return
	}
	asked := requestAsked(at)
	if asked == nil || to == nil || !to.Equal(asked.ReplyTo()) || isAnswer(at.Message, asked, content) {
		c.send(method, to, content, send)
		return
	}
	if c.isForeign() { // the actor may work on another request by now
		c.misused(method, content, "another goroutine cannot answer with that: "+toSendInstead)
		return
	}
	c.notAnswered(at.Message, asked, content)
}

// send signs a message and sends it. A message to nobody is logged and dropped; if it is a request, its client is
// told at once.
func (c *handlerContext) send(method string, to *actor.PID, message any, send func()) {
	if to == nil {
		c.misused(method, message, "there is nobody to send it to")
		if r := requestIn(message); r != nil {
			c.env.crashed(r)
		}
		return
	}
	if r := requestIn(message); r != nil && !c.env.hasActor(to) {
		c.env.log.deadLetter(&actor.DeadLetterEvent{PID: to, Message: message, Sender: c.Sender()})
		c.env.strayed(r)
		return
	}
	c.sign(to, message)
	c.safely(method, message, send)
}

// sign notes in a response which actor sent it, and in its request that it was answered.
func (c *handlerContext) sign(to *actor.PID, message any) {
	response, ok := message.(*Response)
	if !ok || response == nil || response.request == nil {
		return
	}
	if response.from == nil {
		response.from = c.Self()
	}
	r := response.request
	if connection := r.ReplyTo(); connection != nil && connection.Equal(to) {
		r.progress.answered.Store(true)
		return
	}
	if asked := r.progress.asker.Load(); asked != nil && asked.pid.Equal(to) {
		if own := r.heldBy(c.Self()); own != nil && !own.giveBack(r, asked) {
			own.env.discard(response)
			own.env.stopped(r) // nobody is left to pass the answer on
		}
	}
}

const (
	misused = "context misused"
	notOurs = "not on the goroutine of the actor"
)

// errForeign is the error if another goroutine spawns a child.
var errForeign = errors.New("actors: only the goroutine of an actor may spawn its children: use ctx.ActorSystem().Root")

// misused logs a call of a context method that could not do its job.
func (c *handlerContext) misused(method string, message any, why string) {
	kind := kindOf(c.Self(), "misused", method)
	if !c.env.crashes.count(slog.LevelError, misused, kind) {
		c.env.crashes.note(misused, kind, c.Self(), method+": "+why)
		return
	}
	attrs := []slog.Attr{slog.String("method", method)}
	if message != nil {
		attrs = appendExchange(append(attrs, slog.String("message", fmt.Sprintf("%T", message))), message)
	}
	c.env.log.write(slog.LevelError, c.Self(), misused, append(attrs, slog.String("why", why))...)
}
