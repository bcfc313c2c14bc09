package actors

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A content counts the octets of request content that the server holds, of all connections together.
type content struct {
	limit     int64 // below 0 for none
	held      atomic.Int64
	forgotten atomic.Int64 // of these, those that wait for the garbage collector
	uploads   uploads
	looked    rarely                      // for what is garbage
	tell      func(connection *actor.PID) // that there is room again
}

// reserve raises what a request has reserved to so many octets. It is false if the server has no
// room for them.
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

// release gives back what was reserved.
func (c *content) release(octets int64) {
	c.held.Add(-octets)
	c.wake()
}

// wake has those look again that wait for room.
func (c *content) wake() {
	for _, connection := range c.uploads.waiting() {
		c.tell(connection)
	}
}

// collected gives back what the garbage collector has found. It wakes nobody: all cleanups of the program share a
// goroutine. An upload that waits looks for itself before long.
func (c *content) collected(octets int64) {
	c.forgotten.Add(-octets)
	c.held.Add(-octets)
}

// lookForGarbage has the garbage collector look for content that nobody has any more, if there may be some. It
// reports whether that is about to find it.
func (c *content) lookForGarbage(now instant) bool {
	if c.forgotten.Load() == 0 {
		return false
	}
	if c.looked.allow(now, time.Second) {
		go runtime.GC()
	}
	return now-c.looked.last.Load() < int64(giveWayTime)
}
