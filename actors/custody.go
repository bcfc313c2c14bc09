package actors

import (
	"sync"

	"github.com/asynkron/protoactor-go/actor"
)

// A custody knows which requests an actor has taken and not answered yet, so that each is answered at
// once when the actor fails or stops. Most are answered while they are the message at hand: they are
// never written down.
type custody struct {
	env     *env
	mailbox *mailbox
	queue   *queue // of the requests that wait for the actor

	mu   sync.Mutex
	kept map[*Request]struct{}
}

// take hands a request to the actor. One whose client is gone, or whose time is up, it never sees.
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

// hold notes that the actor has the request, and that the one before it has not. The answer goes to the actor
// that has asked this one, if it was asked; else to the connection.
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
	case asked != nil && asked.pid.Equal(sender): // of several actors at once, or by a future
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

// An asker waits for the answer of an actor that it has asked with a request of its own, and passes it on to
// the connection.
type asker struct {
	pid     *actor.PID // that the answer is sent to: of the actor, or of a future that it waits for
	custody *custody   // of the actor; nil if it has none
}

// giveBack gives a request back to the asker, which has its answer now. It is false if the asker is gone.
func (c *custody) giveBack(r *Request, to *asker) bool {
	switch {
	case to.custody == nil:
	case to.custody.mailbox.isGone():
		return false
	case to.custody.mailbox.refuses(): // it ends, and so will the actor that it has asked
	case r.progress.holder.CompareAndSwap(c, to.custody):
		if r.progress.kept.Load() {
			c.release(r)
		}
		to.custody.keep(r)
	}
	return true
}

// gaveBack reports whether the actor has answered its asker, so that a request is not its own any more.
func (c *custody) gaveBack(r *Request) bool {
	asked := r.progress.asker.Load()
	return c != nil && asked != nil && asked.custody != nil && asked.custody != c && r.progress.holder.Load() == asked.custody
}

// finish measures how long a request took, if others wait for the same.
func (c *custody) finish(began instant) {
	if c.queue.length() > 0 {
		now := c.env.clock()
		c.queue.pace.add(now-began, now)
	}
	c.rest()
}

// rest notes that the actor is at no request any more. It may take the next one of those that wait for all actors of its
// handler.
func (c *custody) rest() {
	since, at := c.queue.busySince.Swap(0), c.mailbox.place
	if at == nil {
		return
	}
	if at.use.idled != nil && at.use.open.Load() == 0 { // its exchange was over before
		at.use.idled.Add(1)
	}
	if at.member.of != nil && !at.member.of.once {
		next := at.member.of.rest(at, since)
		for _, message := range next {
			c.mailbox.PostUserMessage(message)
		}
		clear(next) // an actor that is free holds no request
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

// lose answers for all that the actor had kept: what it knew of them is gone.
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
// The actor that gets it has the request, and answers for it when it fails, as for a request that was forwarded.
// If CarriedRequest panics, the receiver crashes. It may be called from any goroutine.
type Carrier interface{ CarriedRequest() *Request }

// requestOf is the request that a message to a handler is, or carries; or nil.
func requestOf(message any) *Request {
	switch message := actor.UnwrapEnvelopeMessage(message).(type) {
	case *Request:
		return message
	case Carrier:
		return message.CarriedRequest()
	}
	return nil
}

// requestIn is requestOf that never panics: nil then.
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
