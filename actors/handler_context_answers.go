package actors

import "github.com/asynkron/protoactor-go/actor"

// An actor answers with a response, or with a piece of one. Anything else is a mistake, and its client is told at
// once.

// Respond answers. A Response or a BodyRead goes to where its request came from, also from another goroutine.
func (c *handlerContext) Respond(answer any) {
	at := c.at.Load()
	asked := requestAsked(at)
	switch answer := answer.(type) {
	case *Response:
		if answer != nil && answer.request != nil {
			c.answer(at, answer)
			return
		}
	case *BodyRead:
		if answer != nil && answer.Request != nil && answer.Request != asked && (at == nil || c.isForeign()) {
			to := answer.Request.ReplyTo()
			c.send("Respond", to, answer, func() { c.Context.Send(to, answer) })
			return
		}
	}
	switch {
	case at != nil && at.Sender != nil:
		c.sendAt(at, "Respond", at.Sender, answer, func() { c.Context.Send(at.Sender, answer) })
	case asked != nil && !c.isForeign():
		c.notAnswered(at.Message, asked, answer)
	default:
		c.misused("Respond", answer, "nobody has asked: "+toSendInstead)
	}
}

// answer sends a response to where its request came from.
func (c *handlerContext) answer(at *actor.MessageEnvelope, response *Response) {
	r := response.request
	if asked := requestAsked(at); asked != nil && !isAnswer(at.Message, asked, response) && !c.isForeign() {
		c.notAnswered(at.Message, asked, response)
		return
	}
	to := r.ReplyTo()
	if asker := r.progress.asker.Load(); at != nil && at.Sender != nil && requestIn(at.Message) == r {
		to = at.Sender
	} else if asker != nil && !asker.pid.Equal(c.Self()) {
		to = asker.pid
	}
	c.send("Respond", to, response, func() { c.Context.Send(to, response) })
}

// isOpen reports whether the exchange of a request is not over, and the request is unanswered.
func (r *Request) isOpen() bool { return !r.progress.over.Load() && !r.progress.answered.Load() }

// requestAsked returns the request for which a message asks an answer, or a piece of its response; or nil.
func requestAsked(at *actor.MessageEnvelope) *Request {
	if at == nil {
		return nil
	}
	if demand, ok := at.Message.(*ReadBody); ok && demand != nil {
		return demand.request
	}
	return requestIn(at.Message)
}

// isAnswer reports whether a message may go to the connection as the answer to the current one. A response to another
// request may be late. But if that request was answered already, it is a mistake: the actor kept a response for the
// next request.
func isAnswer(at any, asked *Request, message any) bool {
	_, piece := at.(*ReadBody)
	switch message := message.(type) {
	case *Response:
		if message == nil || message.request == nil {
			return false
		}
		if message.request == asked {
			return !piece
		}
		return piece || !message.request.progress.answered.Load()
	case *BodyRead:
		if piece {
			return message != nil && message.Request == asked
		}
		return !asked.isOpen()
	case *ReadBody, *actor.PoisonPill:
		return true
	}
	return false
}

// notAnswered tells the connection of the current request that its actor has answered with something else.
func (c *handlerContext) notAnswered(at any, asked *Request, answer any) {
	_, piece := at.(*ReadBody)
	c.env.system.Root.Send(asked.ReplyTo(), &notAnswered{exchange: asked.exchange, answer: answer, from: c.Self(), piece: piece})
}

const toSendInstead = "send a *actors.Response made by the methods of the request, as request.Text(200, text)"
