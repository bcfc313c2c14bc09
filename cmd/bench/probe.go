package main

import (
	"context"
	"time"
)

// probePatience is how long a prober waits for one answer.
const probePatience = time.Second

// healthRate is how often a server under load is asked after its health, a second.
const healthRate = 10

// A prober asks a server at a steady rate whether it is well, one request at a time. It keeps its
// connection, or makes a fresh one for each request.
type prober struct {
	addr      string
	perSecond int
	fresh     bool
}

// probes are what a prober saw: how long each took, in milliseconds, with those that failed.
type probes struct {
	took   []float64
	failed int
}

// run probes until the context ends. A probe that is late because the one before it took long is
// counted from when it was due, so that a server that hangs is not asked less often.
func (p prober) run(ctx context.Context) (seen probes) {
	v := &visitor{addr: p.addr, request: getRequest(healthPath), patience: probePatience}
	defer v.close()
	every := time.Second / time.Duration(p.perSecond)
	for due := time.Now(); ctx.Err() == nil; due = due.Add(every) {
		pause(time.Until(due))
		if p.fresh {
			v.close()
		}
		a := v.visit(context.Background(), due) // one that was begun is finished
		if a.outcome != served {
			seen.failed++
			a.took = max(a.took, probePatience) // a refusal is no quick answer
		}
		seen.took = append(seen.took, a.took.Seconds()*1e3)
	}
	return seen
}

// during probes while work is done.
func (p prober) during(ctx context.Context, work func()) probes {
	ctx, cancel := context.WithCancel(ctx)
	seen := make(chan probes, 1)
	go func() { seen <- p.run(ctx) }()
	work()
	cancel()
	return <-seen
}
