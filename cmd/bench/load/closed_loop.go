package load

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
)

// A ClosedLoop is a number of visitors. Each asks again after any answer and a pause, and keeps its connection as
// long as the server does.
type ClosedLoop struct {
	Addr     string        // of the server
	From     string        // the address of all visitors; any, if empty
	Request  []byte        // the request of each visitor
	Patience time.Duration // of each visitor, for one request
	Visitors int           // how many there are
	Pause    time.Duration // after each answer
}

// Ask asks for settling and lasting. Requests within settling do not count; requests that have begun are waited for.
func (l ClosedLoop) Ask(ctx context.Context, settling, lasting time.Duration) (all Tally) {
	var (
		visits sync.WaitGroup
		mu     sync.Mutex
	)
	start := time.Now()
	for range l.Visitors {
		visits.Go(func() {
			seen := l.visitAgain(ctx, start.Add(settling), start.Add(settling+lasting))
			mu.Lock()
			defer mu.Unlock()
			all.Merge(seen)
		})
	}
	visits.Wait()
	return all
}

// visitAgain is the tally of one visitor between those times.
func (l ClosedLoop) visitAgain(ctx context.Context, from, until time.Time) (seen Tally) {
	v := &Visitor{Addr: l.Addr, from: l.From, request: l.Request, patience: l.Patience}
	defer v.reset() // after a plain close, its port would be in use for another minute
	for now := time.Now(); now.Before(until) && ctx.Err() == nil; now = time.Now() {
		a := v.visit(ctx, now)
		if !now.Before(from) {
			seen.Offered++
			seen.add(a)
		}
		if l.Pause > 0 {
			machine.Rest(ctx, l.Pause)
		}
	}
	return seen
}

const (
	// CapacityVisitors is how many visitors ask when a capacity is measured.
	CapacityVisitors = 4

	capacityTime = 2 * time.Second
)

// Capacity measures how many requests a second the server answers if a few visitors ask, each again after its answer.
func Capacity(ctx context.Context, addr string, request []byte) (float64, error) {
	few := ClosedLoop{Addr: addr, Request: request, Patience: capacityTime, Visitors: CapacityVisitors}
	seen := few.Ask(ctx, 0, capacityTime)
	if len(seen.Served) == 0 || len(seen.Served) < seen.Offered {
		return 0, fmt.Errorf("of %d requests that did not press it, %d were served", seen.Offered, len(seen.Served))
	}
	return float64(len(seen.Served)) / capacityTime.Seconds(), nil
}
