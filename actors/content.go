package actors

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A content counts the octets of request content that the server holds over all connections.
type content struct {
	limit     int64 // below 0 for none
	held      atomic.Int64
	forgotten atomic.Int64 // the part of held that waits for the garbage collector
	uploads   uploads
	looked    rarely                      // for garbage
	tell      func(connection *actor.PID) // tells a connection that there is room
}

// reserve raises what a request has reserved to octets. It returns false if the server has no room for them.
func (c *content) reserve(reserved *atomic.Int64, octets int) bool {
	more := int64(octets) - reserved.Load()
	if c.limit < 0 || more <= 0 {
		return true
	}
	if c.held.Add(more) > c.limit {
		c.held.Add(-more)
		return false
	}
	reserved.Add(more)
	return true
}

// release gives reserved octets back.
func (c *content) release(octets int64) {
	c.held.Add(-octets)
	c.wake()
}

// wake makes the connections that wait for room look again.
func (c *content) wake() {
	for _, connection := range c.uploads.waiting() {
		c.tell(connection)
	}
}

// collected gives back octets that the garbage collector has found. It wakes nobody, because all cleanups of the
// program share a goroutine; an upload that waits looks again by itself before long.
func (c *content) collected(octets int64) {
	c.forgotten.Add(-octets)
	c.held.Add(-octets)
}

// lookForGarbage starts the garbage collector if some content may be garbage. It reports whether a collection started
// recently enough to be worth waiting for.
func (c *content) lookForGarbage(now instant) bool {
	if c.forgotten.Load() == 0 {
		return false
	}
	if c.looked.allow(now, time.Second) {
		go runtime.GC()
	}
	return now-c.looked.last.Load() < int64(giveWayTime)
}
