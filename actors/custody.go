package actors

import (
	"sync"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
)

// A custody knows which requests an actor has taken and not answered yet, so that each is answered at once when the
// actor fails or stops. Most requests are answered while they are the current message; those are never written down.
type custody struct {
	env     *env
	mailbox *mailbox
	served  atomic.Bool // the actor has begun a request
	queue   *queue      // of the requests that wait for the actor

	mu   sync.Mutex
	kept map[*Request]struct{}
}

// take hands a request to the actor, unless its client is gone or its time is up.
func (c *custody) take(message any, r *Request) {
	p := &r.progress
	r.leaveLine()
	if !r.take() || p.over.Load() {
		c.env.log.debug(c.mailbox.self, "request dropped", appendIdentity(nil, r)...)
		c.rest()
		return
	}
	began := c.env.clock()
	c.queue.busySince.Store(began)
	if !c.served.Load() {
		c.served.Store(true)
	}
	if p.begun.Load() == 0 {
		p.begun.Store(began)
	}
	c.hold(r, actor.UnwrapEnvelopeSender(message))
	p.stashed.Store(false)
	c.mailbox.invoker.InvokeUserMessage(message)
	if !p.answered.Load() && !p.over.Load() && !p.stashed.Load() {
		c.keep(r)
	}
	c.finish(began)
}

// hold notes that this actor has the request now, and the one before no longer. If an actor sent the request as a
// question, the answer goes to that actor; else to the connection.
func (c *custody) hold(r *Request, sender *actor.PID) {
	p := &r.progress
	before := p.holder.Swap(c)
	if before == c {
		return
	}
	if before != nil && p.kept.Load() {
		before.release(r)
	}
	asked := p.asker.Load()
	switch {
	case asked != nil && asked.pid.Equal(sender): // it asked several actors, or by a future
	case sender == nil || sender.Equal(r.ReplyTo()):
		if asked != nil {
			p.asker.Store(nil)
		}
	case before != nil && before.mailbox.self.Equal(sender):
		p.asker.Store(&asker{sender, before})
	default:
		p.asker.Store(&asker{pid: sender})
	}
}

// An asker is an actor that has passed a request on as a question. It waits for the answer, and passes it on to the
// connection.
type asker struct {
	pid     *actor.PID // where the answer goes: the actor, or a future that it waits for
	custody *custody   // of the actor; nil if it has none
}

// giveBack gives a request back to the asker, which now has its answer. It returns false if the asker is gone.
func (c *custody) giveBack(r *Request, to *asker) bool {
	switch {
	case to.custody == nil:
	case to.custody.mailbox.isGone():
		return false
	case to.custody.mailbox.refuses(): // the asker is ending, and so will this actor
	case r.progress.holder.CompareAndSwap(c, to.custody):
		if r.progress.kept.Load() {
			c.release(r)
		}
		to.custody.keep(r)
	}
	return true
}

// gaveBack reports whether the actor has answered its asker, so that the request is no longer its own.
func (c *custody) gaveBack(r *Request) bool {
	asked := r.progress.asker.Load()
	return c != nil && asked != nil && asked.custody != nil && asked.custody != c && r.progress.holder.Load() == asked.custody
}

// finish measures how long a request took, if others wait for the same actor.
func (c *custody) finish(began instant) {
	if c.queue.length() > 0 {
		now := c.env.clock()
		c.queue.pace.add(now-began, now)
	}
	c.rest()
}

// rest notes that the actor works on no request. It may then take the next request from the line that all actors of
// its handler share.
func (c *custody) rest() {
	since, at := c.queue.busySince.Swap(0), c.mailbox.place
	if at == nil {
		return
	}
	if at.use.idled != nil && at.use.open.Load() == 0 { // its exchange ended earlier
		at.use.idled.Add(1)
	}
	if at.member.of != nil && !at.member.of.once {
		next := at.member.of.rest(at, since)
		for _, message := range next {
			c.mailbox.PostUserMessage(message)
		}
		clear(next) // so that a free actor holds no request
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
		c.release(r) // meanwhile it ended, or another actor took it
	}
}

// release forgets a request. It may be called on any goroutine.
func (c *custody) release(r *Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.kept, r)
}

// lose calls tell for each request that the actor had kept: the actor has lost its state, and will not answer.
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

// A Carrier is a message of your own in which an actor of a handler passes a request to another actor. The actor that
// receives it has the request, as if it was forwarded: if that actor fails, the request is answered. If
// CarriedRequest panics, the receiver crashes. It may be called from any goroutine.
type Carrier interface{ CarriedRequest() *Request }

// requestOf returns the request that a message to a handler is or carries, or nil.
func requestOf(message any) *Request {
	switch message := actor.UnwrapEnvelopeMessage(message).(type) {
	case *Request:
		return message
	case Carrier:
		return message.CarriedRequest()
	}
	return nil
}

// requestIn is requestOf, but returns nil instead of panicking.
func requestIn(message any) *Request {
	switch message := actor.UnwrapEnvelopeMessage(message).(type) {
	case *Request:
		return message
	case Carrier:
		return carriedIn(message)
	}
	return nil
}

func carriedIn(carrier Carrier) (r *Request) {
	defer func() { recover() }()
	return carrier.CarriedRequest()
}
