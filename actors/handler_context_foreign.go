package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/asynkron/protoactor-go/ctxext"
)

// Context methods that only the goroutine of the actor may call, or that take no nil. When they are misused they log
// it, and do as much as they can.

// isForeign reports whether the caller is not the goroutine that runs the actor.
func (c *handlerContext) isForeign() bool {
	task := c.env.dispatcher.Current()
	if task == nil {
		return true
	}
	m, ok := task.Owner.(*mailbox)
	return !ok || !m.self.Equal(c.Self())
}

// safely calls do. On the goroutine of the actor a panic goes on to the mailbox; on another one it is logged.
func (c *handlerContext) safely(method string, message any, do func()) {
	done := false
	defer func() {
		if !done && c.isForeign() {
			if reason := recover(); reason != nil {
				c.misused(method, message, describe(reason))
			}
		}
	}()
	do()
	done = true
}

// own calls do on the goroutine of the actor, and logs a misuse on another one.
func (c *handlerContext) own(method string, do func()) {
	if c.isForeign() {
		c.misused(method, nil, notOurs)
		return
	}
	do()
}

// Spawn makes a child. On another goroutine it makes an actor without a parent.
func (c *handlerContext) Spawn(props *actor.Props) *actor.PID {
	return c.spawn("Spawn", props, c.Context.Spawn)
}

// SpawnPrefix makes a child whose name begins with the prefix.
func (c *handlerContext) SpawnPrefix(props *actor.Props, prefix string) *actor.PID {
	return c.spawn("SpawnPrefix", props, func(props *actor.Props) *actor.PID { return c.Context.SpawnPrefix(props, prefix) })
}

func (c *handlerContext) spawn(method string, props *actor.Props, spawn func(*actor.Props) *actor.PID) (pid *actor.PID) {
	if !c.isForeign() {
		defer c.noteChildren()
		return spawn(props)
	}
	c.misused(method, nil, errForeign.Error())
	c.safely(method, nil, func() {
		props = c.env.handlerProps(props, func() *mailbox { return c.env.ownMailbox(restartsForEver) })
		pid = c.ActorSystem().Root.Spawn(props)
	})
	return pid
}

// SpawnNamed makes a child with that name.
func (c *handlerContext) SpawnNamed(props *actor.Props, name string) (*actor.PID, error) {
	if c.isForeign() {
		c.misused("SpawnNamed", nil, errForeign.Error())
		return nil, errForeign
	}
	defer c.noteChildren()
	return c.Context.SpawnNamed(props, name)
}

// noteChildren must be called when the children may have changed.
func (c *handlerContext) noteChildren() {
	children := c.Context.Children() // not copied: there may be many
	c.children.Store(&children)
}

// Children returns the children of the actor.
func (c *handlerContext) Children() []*actor.PID {
	if children := c.children.Load(); children != nil {
		return *children
	}
	return nil
}

// ReceiveTimeout returns the silence after which the actor gets a ReceiveTimeout; 0 on another goroutine.
func (c *handlerContext) ReceiveTimeout() (d time.Duration) {
	c.own("ReceiveTimeout", func() { d = c.Context.ReceiveTimeout() })
	return d
}

// SetReceiveTimeout sets the silence after which the actor gets a ReceiveTimeout.
func (c *handlerContext) SetReceiveTimeout(d time.Duration) {
	c.own("SetReceiveTimeout", func() { c.Context.SetReceiveTimeout(d) })
}

// CancelReceiveTimeout undoes SetReceiveTimeout.
func (c *handlerContext) CancelReceiveTimeout() {
	c.own("CancelReceiveTimeout", c.Context.CancelReceiveTimeout)
}

// ReenterAfter goes on in the actor, with the current message, when the future has its result.
func (c *handlerContext) ReenterAfter(f *actor.Future, goOn func(any, error)) {
	c.own("ReenterAfter", func() {
		at := c.at.Load()
		c.Context.ReenterAfter(f, func(result any, err error) {
			c.at.Store(at)
			defer c.at.Store(nil)
			goOn(result, err)
		})
	})
}

// Get returns an extension of the context.
func (c *handlerContext) Get(id ctxext.ContextExtensionID) (extension ctxext.ContextExtension) {
	c.own("Get", func() { extension = c.Context.Get(id) })
	return extension
}

// Set adds an extension to the context.
func (c *handlerContext) Set(extension ctxext.ContextExtension) {
	c.own("Set", func() { c.Context.Set(extension) })
}

// Stash puts the current message off until the next incarnation. The library's own Stash would forget the sender of a
// request, and hand out the last one first.
func (c *handlerContext) Stash() {
	c.own("Stash", func() {
		at := c.at.Load()
		r := requestIn(messageIn(at))
		if r != nil {
			if own := r.heldBy(c.Self()); own != nil {
				if !r.progress.stashed.Swap(true) {
					own.mailbox.putOff(&actor.MessageEnvelope{Message: at.Message, Sender: at.Sender}, r)
				}
				return
			}
		}
		c.Context.Stash()
	})
}

// Watch asks that the actor be told when another one stops.
func (c *handlerContext) Watch(who *actor.PID) { c.to(who, "Watch", c.Context.Watch) }

// Unwatch undoes Watch.
func (c *handlerContext) Unwatch(who *actor.PID) { c.to(who, "Unwatch", c.Context.Unwatch) }

// Stop stops an actor after its current message.
func (c *handlerContext) Stop(who *actor.PID) { c.to(who, "Stop", c.Context.Stop) }

// Poison stops an actor after all messages in its mailbox.
func (c *handlerContext) Poison(who *actor.PID) { c.to(who, "Poison", c.Context.Poison) }

// StopFuture stops an actor, and says when it has stopped.
func (c *handlerContext) StopFuture(who *actor.PID) *actor.Future {
	return c.future(who, "StopFuture", c.Context.StopFuture)
}

// PoisonFuture poisons an actor, and says when it has stopped.
func (c *handlerContext) PoisonFuture(who *actor.PID) *actor.Future {
	return c.future(who, "PoisonFuture", c.Context.PoisonFuture)
}

func (c *handlerContext) to(who *actor.PID, method string, do func(*actor.PID)) {
	if who == nil {
		c.misused(method, nil, "there is no such actor")
		return
	}
	c.safely(method, nil, func() { do(who) })
}

func (c *handlerContext) future(who *actor.PID, method string, do func(*actor.PID) *actor.Future) (future *actor.Future) {
	c.to(who, method, func(who *actor.PID) { future = do(who) })
	if future == nil {
		future = actor.NewFuture(c.ActorSystem(), time.Millisecond)
	}
	return future
}
