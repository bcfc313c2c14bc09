package actors

import (
	"sync/atomic"
	"time"
)

// A pace is how long an actor takes for a request, as measured while others wait. A goroutine that the
// machine held up once must not make a fast actor look slow, so it is an average over many requests, or
// over some time.
type pace struct {
	took     atomic.Int64 // nanoseconds that a request takes; 0 if nothing is known
	measured atomic.Int64 // the instant at which that was

	// These belong to the actor.
	sum    int64 // nanoseconds, of the requests since the last measure
	number int64
}

const (
	measuredRequests = 64                     // make a measure
	measuredTime     = 100 * time.Millisecond // makes a measure as well
	slow             = time.Millisecond       // a request takes, where a look at the clock does not count
)

// service is how long a request takes; 0 if nothing is known.
func (p *pace) service(clock func() instant) time.Duration {
	service := time.Duration(p.took.Load())
	if service > slow && clock()-p.measured.Load() > int64(quietTime) {
		return 0 // it was slow once
	}
	return service
}

// add learns from a request that took so many nanoseconds until now.
func (p *pace) add(took, now instant) {
	p.sum += took
	if p.number++; p.number < measuredRequests && p.sum < int64(measuredTime) {
		return
	}
	p.measure(p.sum/p.number, now)
	p.sum, p.number = 0, 0
}

// measure learns what a request takes. What got faster is believed sooner than what got slower: one slow
// request is no reason to send others away.
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
