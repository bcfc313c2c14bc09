package actors

import (
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A hand holds the message that an actor is at. Its context reads it there: the library's own field must not
// be read by another goroutine, and people do that.
type hand struct {
	env     *environment
	mailbox *mailbox
	at      atomic.Pointer[actor.MessageEnvelope]
}

// showing has the hand hold each message while the actor is at it.
func (h *hand) showing(next actor.ReceiverFunc) actor.ReceiverFunc {
	return func(ctx actor.ReceiverContext, envelope *actor.MessageEnvelope) {
		h.at.Store(envelope)
		defer h.at.Store(nil)
		next(ctx, envelope)
	}
}

// signing gives an actor its context.
func (h *hand) signing(next actor.ContextDecoratorFunc) actor.ContextDecoratorFunc {
	return func(ctx actor.Context) actor.Context { return &handlerContext{next(ctx), h} }
}

// A handlerContext is the context of somebody else's actor. It sends a Response where its request came from, and
// notes that the request was answered. Nothing that anybody does with it, on any goroutine, ends the
// process.
type handlerContext struct {
	actor.Context
	hand *hand
}

// Message is the message at hand.
func (c *handlerContext) Message() any {
	if envelope := c.hand.at.Load(); envelope != nil {
		return envelope.Message
	}
	return c.Context.Message()
}

// Sender is the sender of the message at hand.
func (c *handlerContext) Sender() *actor.PID {
	if envelope := c.hand.at.Load(); envelope != nil {
		return envelope.Sender
	}
	return c.Context.Sender()
}

// Respond answers. A Response goes where its request came from, also from another goroutine.
func (c *handlerContext) Respond(answer any) {
	if response, ok := answer.(*Response); ok && response != nil && response.request != nil {
		c.answer(response)
		return
	}
	sender := c.Sender()
	if sender == nil {
		c.misused("answer to nobody", "Respond", fmt.Sprintf("%T", answer))
		return
	}
	c.Send(sender, answer)
}

// answer sends a response to whom its request came from.
func (c *handlerContext) answer(response *Response) {
	r := response.request
	at := requestIn(c.Message())
	if at != nil && at != r && !r.isOpen() && !c.isForeign() {
		c.notAnswered(at, response) // the response to one that was answered before
		return
	}
	to := r.Connection()
	if sender := c.Sender(); at == r && sender != nil {
		to = sender
	} else if asked := r.progress.asker.Load(); asked != nil && !asked.pid.Equal(c.Self()) {
		to = asked.pid
	}
	c.send(to, response, func() { c.Context.Send(to, response) })
}

// isOpen reports whether the exchange of a request goes on, and nobody has answered it.
func (r *Request) isOpen() bool { return !r.progress.over.Load() && !r.progress.answered.Load() }

// Send sends a message.
func (c *handlerContext) Send(to *actor.PID, message any) {
	if at := requestAsked(c.Message()); at != nil && to.Equal(at.Connection()) && !isForConnection(message) {
		c.notAnswered(at, message)
		return
	}
	c.send(to, message, func() { c.Context.Send(to, message) })
}

// requestAsked is the request that a message asks for an answer to, or for a piece of its response; or nil.
func requestAsked(message any) *Request {
	if demand, ok := message.(*ReadBody); ok && demand != nil {
		return demand.request
	}
	return requestIn(message)
}

// isForConnection reports whether a connection understands a message from an actor.
func isForConnection(message any) bool {
	switch message := message.(type) {
	case *Response:
		return message != nil && message.request != nil
	case *ReadBody, *BodyRead, *Request, Carrier, *actor.PoisonPill:
		return true
	}
	return false
}

// notAnswered tells the connection of the request at hand that its actor has answered with something else.
func (c *handlerContext) notAnswered(at *Request, answer any) {
	c.hand.env.system.Root.Send(at.Connection(), &NotAnswered{exchange: at.exchange, answer: answer, from: c.Self()})
}

// Forward passes the message at hand on, with its sender.
func (c *handlerContext) Forward(to *actor.PID) {
	envelope := c.hand.at.Load()
	if envelope == nil {
		c.misused("nothing to forward", "Forward", "nil")
		return
	}
	if _, lifeCycle := envelope.Message.(actor.SystemMessage); lifeCycle {
		c.misused("a message of the life cycle is not forwarded", "Forward", kind(envelope.Message))
		return
	}
	c.send(to, envelope.Message, func() { c.Context.Send(to, envelope) })
}

// Request sends a message whose answer comes back to this actor.
func (c *handlerContext) Request(to *actor.PID, message any) {
	c.send(to, message, func() { c.Context.Request(to, message) })
}

// RequestWithCustomSender sends a message whose answer goes to another actor.
func (c *handlerContext) RequestWithCustomSender(to *actor.PID, message any, sender *actor.PID) {
	c.send(to, message, func() { c.Context.RequestWithCustomSender(to, message, sender) })
}

// RequestFuture asks as Request does; the answer is that of the future.
func (c *handlerContext) RequestFuture(to *actor.PID, message any, timeout time.Duration) *actor.Future {
	future := actor.NewFuture(c.ActorSystem(), timeout)
	c.send(to, message, func() {
		if r := requestIn(message); r != nil {
			if own := r.heldBy(c.Self()); own != nil {
				r.progress.asker.Store(&asker{future.PID(), own})
			}
		}
		c.Context.RequestWithCustomSender(to, message, future.PID())
	})
	return future
}

// send signs what is sent. A message to nobody is logged and dropped.
func (c *handlerContext) send(to *actor.PID, message any, send func()) {
	if to == nil {
		c.misused("message to nobody", "Send", kind(message))
		return
	}
	c.sign(to, message)
	send()
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
	if connection := r.Connection(); connection != nil && connection.Equal(to) {
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

// Stash puts the message at hand off until the next incarnation. The library's own would forget who sent a
// request, and hand out the last one first.
func (c *handlerContext) Stash() {
	if c.isForeign() {
		c.misused("not on the goroutine of the actor", "Stash", kind(c.Message()))
		return
	}
	if r := requestIn(c.Message()); r != nil {
		if own := r.heldBy(c.Self()); own != nil {
			if !r.progress.stashed.Swap(true) {
				own.mailbox.putOff(&actor.MessageEnvelope{Message: c.Message(), Sender: c.Sender()}, r)
			}
			return
		}
	}
	c.Context.Stash()
}

// isForeign reports whether the caller is not the goroutine that runs the actor.
func (c *handlerContext) isForeign() bool {
	m := c.hand.mailbox
	return !m.env.dispatcher.isRunning(m, goroutineID())
}

// misused logs that somebody has called a method of the context that could not do what it is for.
func (c *handlerContext) misused(why, method, message string) {
	c.hand.env.log.write(slog.LevelError, c.Self(), "context misused",
		slog.String("method", method), slog.String("message", message), slog.String("why", why))
}

// errForeign is why an actor gets no child.
var errForeign = errors.New("actors: only the goroutine of an actor may spawn its children: use ctx.ActorSystem().Root")
