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
	c.hold(r)
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

// hold notes that the actor has the request, and who had it before has not.
func (c *custody) hold(r *Request) {
	if before := r.progress.holder.Swap(c); before != nil && before != c && r.progress.kept.Load() {
		before.release(r) // it has passed the request on
	}
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

// takeBack hands an actor the answer of another, which it has asked or which was asked for it: with that it
// has the request itself.
func (c *custody) takeBack(message any, r *Request) {
	c.hold(r)
	c.mailbox.invoker.InvokeUserMessage(message)
	if !r.progress.answered.Load() && !r.progress.over.Load() {
		c.keep(r)
	}
}

// A Carrier is a message of your own in which one actor of a handler's passes a request to another.
// Whoever gets it has the request, and answers for it when it fails, as for a request that was forwarded.
// A panic of CarriedRequest is one of whoever gets the message.
type Carrier interface{ CarriedRequest() *Request }

// requestOf is the request that a message to a handler is, or carries; or nil.
func requestOf(message any) *Request {
	switch message := contentOf(message).(type) {
	case *Request:
		return message
	case Carrier:
		return message.CarriedRequest()
	}
	return nil
}

// requestIn is requestOf for whoever cannot crash on it: the actor that gets the message does.
func requestIn(message any) (r *Request) {
	defer func() { recover() }()
	return requestOf(message)
}

// unsettled is the request that a message to an actor is an answer to, if the answer has still to reach the
// connection; or nil.
func unsettled(message any) *Request {
	response, ok := contentOf(message).(*Response)
	if !ok || response == nil || response.request == nil {
		return nil
	}
	if p := &response.request.progress; p.answered.Load() || p.over.Load() {
		return nil
	}
	return response.request
}

func contentOf(message any) any {
	if envelope, ok := message.(*actor.MessageEnvelope); ok {
		return envelope.Message
	}
	return message
}
