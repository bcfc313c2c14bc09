package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// Methods of a context that only the goroutine of its actor may call, or that take no nil: for others they
// say so in the log, and do as much as they can.

// Spawn makes a child. For another goroutine it makes an actor that is nobody's child.
func (c *handlerContext) Spawn(props *actor.Props) *actor.PID {
	return c.spawn("Spawn", props, c.Context.Spawn)
}

// SpawnPrefix makes a child with a name that begins so.
func (c *handlerContext) SpawnPrefix(props *actor.Props, prefix string) *actor.PID {
	return c.spawn("SpawnPrefix", props, func(props *actor.Props) *actor.PID { return c.Context.SpawnPrefix(props, prefix) })
}

func (c *handlerContext) spawn(method string, props *actor.Props, spawn func(*actor.Props) *actor.PID) *actor.PID {
	if !c.isForeign() {
		return spawn(props)
	}
	c.misused(errForeign.Error(), method, "nil")
	if props == nil {
		return nil
	}
	return c.ActorSystem().Root.Spawn(props)
}

// SpawnNamed makes a child with that name.
func (c *handlerContext) SpawnNamed(props *actor.Props, name string) (*actor.PID, error) {
	if c.isForeign() {
		c.misused(errForeign.Error(), "SpawnNamed", "nil")
		return nil, errForeign
	}
	return c.Context.SpawnNamed(props, name)
}

// Children are the children of the actor; none for another goroutine.
func (c *handlerContext) Children() []*actor.PID {
	if c.isForeign() {
		c.misused(notOurs, "Children", "nil")
		return nil
	}
	return c.Context.Children()
}

const notOurs = "not on the goroutine of the actor"

// SetReceiveTimeout sets after which silence the actor gets a ReceiveTimeout.
func (c *handlerContext) SetReceiveTimeout(d time.Duration) {
	c.own("SetReceiveTimeout", func() { c.Context.SetReceiveTimeout(d) })
}

// CancelReceiveTimeout undoes SetReceiveTimeout.
func (c *handlerContext) CancelReceiveTimeout() {
	c.own("CancelReceiveTimeout", c.Context.CancelReceiveTimeout)
}

// ReenterAfter goes on in the actor when the future has its result.
func (c *handlerContext) ReenterAfter(f *actor.Future, goOn func(any, error)) {
	c.own("ReenterAfter", func() { c.Context.ReenterAfter(f, goOn) })
}

// own does what only the goroutine of the actor may do.
func (c *handlerContext) own(method string, do func()) {
	if c.isForeign() {
		c.misused(notOurs, method, "nil")
		return
	}
	do()
}

// Watch has the actor be told when another one stops.
func (c *handlerContext) Watch(who *actor.PID) { c.to(who, "Watch", c.Context.Watch) }

// Unwatch undoes Watch.
func (c *handlerContext) Unwatch(who *actor.PID) { c.to(who, "Unwatch", c.Context.Unwatch) }

// Stop stops an actor after the message that it is at.
func (c *handlerContext) Stop(who *actor.PID) { c.to(who, "Stop", c.Context.Stop) }

// Poison stops an actor after all messages that wait for it.
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
		c.misused("there is no such actor", method, "nil")
		return
	}
	do(who)
}

func (c *handlerContext) future(who *actor.PID, method string, do func(*actor.PID) *actor.Future) (future *actor.Future) {
	c.to(who, method, func(who *actor.PID) { future = do(who) })
	if future == nil {
		future = actor.NewFuture(c.ActorSystem(), time.Millisecond)
	}
	return future
}
