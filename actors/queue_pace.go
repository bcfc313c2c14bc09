package actors

import (
	"sync/atomic"
	"time"
)

// A pace is how long an actor takes for a request, measured while others wait. It averages over many requests, or
// over some time, so that one hiccup of the machine does not make a fast actor look slow.
type pace struct {
	took     atomic.Int64 // nanoseconds per request; 0 if unknown
	measured atomic.Int64 // the instant when took was measured

	// These belong to the actor.
	sum    int64 // nanoseconds of the requests since the last measurement
	number int64
}

const (
	measuredRequests = 64                     // complete a measurement
	measuredTime     = 100 * time.Millisecond // completes one as well
	slow             = time.Millisecond       // slower requests are worth a look at the clock
)

// service is the time per request; 0 if unknown.
func (p *pace) service(clock func() instant) time.Duration {
	service := time.Duration(p.took.Load())
	if service > slow && clock()-p.measured.Load() > int64(quietTime) {
		return 0 // an old measurement of a slow time does not count
	}
	return service
}

// add notes a request that took some nanoseconds and ended now.
func (p *pace) add(took, now instant) {
	p.sum += took
	if p.number++; p.number < measuredRequests && p.sum < int64(measuredTime) {
		return
	}
	p.measure(p.sum/p.number, now)
	p.sum, p.number = 0, 0
}

// measure updates the time per request. It follows faster times sooner than slower ones, because one slow request is
// no reason to send others away.
func (p *pace) measure(took, now instant) {
	p.measured.Store(now)
	before := p.took.Load()
	switch {
	case before == 0:
		p.took.Store(took)
	case took < before:
		p.took.Store(before - (before-took)/2)
	default:
		p.took.Store(before + (took-before)/8)
	}
}
