package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A closedLoop is a number of visitors of whom each asks again when it has an answer, whatever that
// is, after a pause. Each keeps its connection for as long as the server does.
type closedLoop struct {
	addr     string
	from     string // the address that all come from; any, if empty
	request  []byte
	patience time.Duration
	visitors int
	pause    time.Duration
}

// ask goes on for settling and lasting. What is asked in the first is not counted; what was begun is
// waited for.
func (l closedLoop) ask(ctx context.Context, settling, lasting time.Duration) (all tally) {
	var (
		visits sync.WaitGroup
		mu     sync.Mutex
	)
	start := time.Now()
	for range l.visitors {
		visits.Go(func() {
			seen := l.visitAgain(ctx, start.Add(settling), start.Add(settling+lasting))
			mu.Lock()
			defer mu.Unlock()
			all.merge(seen)
		})
	}
	visits.Wait()
	return all
}

// visitAgain is what one visitor sees between those times.
func (l closedLoop) visitAgain(ctx context.Context, from, until time.Time) (seen tally) {
	v := &visitor{addr: l.addr, from: l.from, request: l.request, patience: l.patience}
	defer v.reset() // closed, its port would be in use for a minute more
	for now := time.Now(); now.Before(until) && ctx.Err() == nil; now = time.Now() {
		a := v.visit(ctx, now)
		if !now.Before(from) {
			seen.offered++
			seen.add(a)
		}
		if l.pause > 0 {
			rest(ctx, l.pause)
		}
	}
	return seen
}

const (
	capacityVisitors = 4
	capacityTime     = 2 * time.Second
)

// capacity is how many requests a second the server answers when a few visitors ask in turns, each
// when it has its answer: what it can do, without being asked for more.
func capacity(ctx context.Context, addr string, request []byte) (float64, error) {
	few := closedLoop{addr: addr, request: request, patience: capacityTime, visitors: capacityVisitors}
	seen := few.ask(ctx, 0, capacityTime)
	if len(seen.served) == 0 || len(seen.served) < seen.offered {
		return 0, fmt.Errorf("of %d requests that did not press it, %d were served", seen.offered, len(seen.served))
	}
	return float64(len(seen.served)) / capacityTime.Seconds(), nil
}
