package actors

import (
	"fmt"

	"github.com/asynkron/protoactor-go/actor"
)

// The messages that come to a call.

// received yields the messages that have come, except those that a call handles at any time.
func (c *call) received(yield func(any) bool) {
	c.mu.Lock()
	inbox := c.inbox
	c.inbox = nil
	c.mu.Unlock()
	for _, message := range inbox {
		_, content, sender := actor.UnwrapEnvelope(message)
		c.now = c.env.clock()
		switch content := content.(type) {
		case *ReadBody:
			c.readBody(content, sender)
		case *interim: // a call has one response
		case *aborted:
			if content.exchange == c.request.exchange {
				c.aborted = fmt.Errorf("actors: Do: the handler has given the exchange up: %s", content.why)
			}
		case *hasten:
			c.hasten()
		case *drain:
			if feed, ends := c.feed.(beating); ends {
				feed.leave()
			}
			if c.streaming { // it may have no end
				c.hasten()
			}
		default:
			if !yield(content) {
				return
			}
		}
	}
}

func (c *call) receiveAll() {
	for content := range c.received {
		switch content := content.(type) {
		case *Response:
			if c.response != nil || c.aborted != nil || content != nil && content.request != nil && content.request != c.request {
				c.env.counts.late.Add(1)
				c.env.log.late(c.pid, content)
				if c.response == nil || content.feed == nil || !content.sameStream(c.response) {
					c.env.discard(content)
				}
				continue
			}
			c.receive(c, content)
		default:
			if c.response == nil && c.aborted == nil {
				c.receive(c, content)
			}
		}
	}
}

// readBody gives a handler that pulls the content all of it at once, and then the end.
func (c *call) readBody(demand *ReadBody, reader *actor.PID) {
	if reader == nil {
		return
	}
	read := &BodyRead{Request: c.request, Err: ErrExchangeOver}
	if demand.request == c.request {
		read = &BodyRead{Request: c.request, End: true}
		if !c.reading.begun {
			read.Bytes, c.reading.begun = c.request.Body, true
		}
	}
	c.env.system.Root.Send(reader, read)
}
