package actors

import (
	"log/slog"
	"sync"

	"github.com/asynkron/protoactor-go/actor"
)

// A custody knows which requests an actor has taken and not answered yet, so that each is answered at
// once when the actor fails or stops. Most are answered while they are the message at hand: they are
// never written down.
type custody struct {
	env     *environment
	mailbox *mailbox
	queue   *queue // of the route whose handler the actor is; nil for a descendant of one

	mu   sync.Mutex
	kept map[*Request]struct{}
}

// take hands a request to the actor. One whose client is gone, or whose time is up, it never sees.
func (c *custody) take(message any, r *Request) {
	p := &r.progress
	r.leaveQueue()
	if p.over.Load() {
		c.env.log.debug(c.mailbox.self, "request dropped", slog.Uint64("exchange", r.exchange))
		return
	}
	if before := p.holder.Swap(c); before != nil && before != c && p.kept.Load() {
		before.release(r) // it has passed the request on
	}
	began := c.env.clock()
	if c.queue != nil {
		c.queue.busySince.Store(began)
	}
	if p.begun.Load() == 0 {
		p.begun.Store(began)
	}
	c.mailbox.invoker.InvokeUserMessage(message)
	if !p.answered.Load() && !p.over.Load() {
		c.keep(r)
	}
	c.finish(began)
}

// finish measures how long a request took, if others wait for the same.
func (c *custody) finish(began int64) {
	if c.queue != nil && c.queue.length() > 0 {
		now := c.env.clock()
		c.queue.measure(now-began, now)
	}
	c.rest()
}

// rest notes that the actor is at no request.
func (c *custody) rest() {
	if c.queue != nil {
		c.queue.busySince.Store(0)
	}
}

// keep writes down a request that the actor may answer later.
func (c *custody) keep(r *Request) {
	c.mu.Lock()
	if c.kept == nil {
		c.kept = make(map[*Request]struct{})
	}
	c.kept[r] = struct{}{}
	c.mu.Unlock()
	r.progress.kept.Store(true)
	if r.progress.over.Load() || r.progress.holder.Load() != c {
		c.release(r) // it ended, or was taken by another, meanwhile
	}
}

// release forgets a request. It may be called from anywhere.
func (c *custody) release(r *Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.kept, r)
}

// lose answers for all that the actor had kept: whatever it knew of them is gone.
func (c *custody) lose(tell func(*Request)) {
	c.mu.Lock()
	kept := c.kept
	c.kept = nil
	c.mu.Unlock()
	for r := range kept {
		if r.progress.holder.Load() == c && !r.progress.over.Load() {
			tell(r)
		}
	}
}

// A Carrier is a message of your own in which one actor of a handler's passes a request to another.
// Whoever gets it has the request, and answers for it when it fails, as for a request that was forwarded.
type Carrier interface{ CarriedRequest() *Request }

// requestOf is the request that a message to a handler is, or carries; or nil.
func requestOf(message any) *Request {
	if envelope, ok := message.(*actor.MessageEnvelope); ok {
		message = envelope.Message
	}
	switch message := message.(type) {
	case *Request:
		return message
	case Carrier:
		return message.CarriedRequest()
	}
	return nil
}
