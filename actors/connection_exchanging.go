package actors

import (
	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// exchanging waits for the response to a request that the router has. Octets of later requests stay in the decoder
// and in the kernel.
func (c *connection) exchanging(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *bytesArrived:
		c.arrived(ctx)
	case *deadlinePassed:
		deadline, flush := c.alarm.due(c.now)
		if flush && !c.flush(ctx) {
			return
		}
		if deadline {
			c.look(ctx)
		}
	case *handlerStopped:
		if message.exchange == c.request.exchange && (message.begun || !c.holdsBack(ctx, message)) {
			c.receive(c, message)
		}
	case *queueFull:
		if message.exchange == c.request.exchange && !c.holdsBack(ctx, message) {
			c.receive(c, message)
		}
	default:
		c.receive(c, message)
	}
}

// respond answers the request, then goes on with the next one or closes.
func (c *connection) respond(ctx actor.Context, response *Response) {
	response = c.after(ctx.Self(), response)
	if response.Status < 200 {
		c.misuse(ctx, response, errInterim)
		return
	}
	response, ok := c.encoded(ctx, response)
	if !ok {
		return
	}
	if response.isStream() {
		c.stream(ctx, response)
		return
	}
	if len(response.Body) > turnSize && wire.MayHaveContent(response.Status) {
		c.tellReader(ctx, &BodyRead{Request: c.request, Err: ErrExchangeOver})
		c.stream(ctx, response.inPieces())
		return
	}
	persist := c.request.head.Persist && !response.close && !c.env.leaving() && c.canSkip()
	if err := c.out.appendHead(c.head(response, persist)); err != nil {
		c.misuse(ctx, response, err)
		return
	}
	taken, err := c.appendContent(ctx, response.Body)
	if err == nil && taken {
		err = c.out.appendEnd(nil)
	}
	if err != nil {
		panic(err) // the length is that of the content
	}
	if !taken {
		return
	}
	c.finish(ctx, response, persist)
}

// head makes the head of a response.
func (c *connection) head(response *Response, persist bool) wire.ResponseHead {
	contentType, fields := response.fields()
	head := wire.ResponseHead{
		Status: response.Status, ContentType: contentType, Fields: wire.Fields(fields),
		Length:   wire.BodyLength(len(response.Body)),
		Bodiless: c.request.head.Method == "HEAD",
	}
	if !fields.Has("Date") {
		head.Date = c.env.date.at(c.now)
	}
	switch {
	case !persist:
		head.Connection = "close"
	case c.env.keepAlive != "": // so that the client does not send a request just as the connection closes
		head.Connection, head.KeepAlive = "keep-alive", c.env.keepAlive
	case !c.request.head.Version.AtLeast11():
		head.Connection = "keep-alive" // 1.0 does not persist unless both say so (RFC 9112 §9.3)
	}
	return head
}

// appendContent encodes content, and writes when the buffer is full. It returns false if the client is gone.
func (c *connection) appendContent(ctx actor.Context, content []byte) (taken bool, err error) {
	for len(content) > 0 {
		piece := content[:min(len(content), outputFull)]
		if err := c.out.appendData(piece); err != nil {
			return false, err
		}
		content = content[len(piece):]
		if len(c.out.pending()) >= outputFull {
			c.stage = responding
			if !c.flush(ctx) {
				return false, nil
			}
		}
	}
	return true, nil
}

// misuse answers 500 for a handler whose response HTTP forbids. Nothing of that response was sent.
func (c *connection) misuse(ctx actor.Context, response *Response, err error) {
	c.env.discard(response)
	c.env.log.misused(ctx.Self(), c.request, err)
	const why = "The handler made a response that HTTP does not allow."
	answer := c.request.failure(500, why)
	if c.misused { // what Config.Problem or the filters have made of that, too
		answer = c.request.Problem(&Problem{Status: 500, Detail: why})
	}
	c.misused = true
	c.respond(ctx, answer.Close())
}

// whyNoAnswer says why an answer is none, and what to write instead.
func whyNoAnswer(answer any) string {
	const instead = "answer with a *actors.Response made by the methods of the request, as request.Text(200, text)"
	switch answer := answer.(type) {
	case *Response:
		switch {
		case answer == nil:
			return "the response is nil: " + instead
		case answer.request == nil:
			return "the response was made by hand, so it answers no request: " + instead
		}
		return "the response answers another request: make one for each, as request.Text(200, text)"
	case error:
		return "the answer is an error, " + describe(answer) + ": " + instead
	}
	return instead
}

// finish ends the exchange. A crash from here on finds it answered.
func (c *connection) finish(ctx actor.Context, response *Response, persist bool) {
	request, begun := c.request, c.begun
	skip := !request.complete
	c.out.commit()
	c.endBody()
	c.stopSource(ctx)
	outgoing := c.outgoing // its end is foreign code, which may crash: the exchange ends before
	if c.reading.by != nil {
		c.tellReader(ctx, &BodyRead{Request: request, Err: ErrExchangeOver})
	}
	if c.mailbox.task.Bulk.Load() {
		c.mailbox.task.Bulk.Store(false)
	}
	c.exchange, c.stage = exchange{}, resting
	if skip || !persist {
		c.stage = ending
	}
	c.parting.sending = skip && !persist
	c.env.log.exchange(ctx.Self(), request, response, begun, outgoing.octets)
	request.end(ErrExchangeOver)
	outgoing.release(c.env, ctx.Self())
	switch {
	case !persist:
		c.close(ctx)
	case skip:
		c.discard(ctx)
	default:
		c.again = true
	}
}

// canSkip reports whether the connection can skip the content that no handler took, and go on after it. A client that
// waits for a 100 may send it or not: the server cannot know (RFC 9110 §10.1.1).
func (c *connection) canSkip() bool {
	if c.request.complete {
		return true
	}
	return c.stage == requested && !c.request.head.ExpectContinue && c.request.head.Length <= discardLimit
}
