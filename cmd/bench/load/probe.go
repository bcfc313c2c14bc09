package load

import (
	"context"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// probePatience is how long a prober waits for one answer.
const probePatience = time.Second

// HealthRate is how often per second the health of a server under load is asked.
const HealthRate = 10

// A Prober asks a server at a steady rate whether it is well, one request at a time. It keeps its connection, or
// opens a new one for each request.
type Prober struct {
	Addr      string // of the server
	PerSecond int    // how many probes
	Fresh     bool   // each probe has its own connection
}

// Probes are what a prober saw.
type Probes struct {
	Took   []float64 // time of each, in milliseconds, failed ones too
	Failed int       // how many failed
}

// run probes until the context ends. A probe that is late because the one before it took long counts from when it was
// due, so that a hanging server is not asked less often.
func (p Prober) run(ctx context.Context) (seen Probes) {
	v := &Visitor{Addr: p.Addr, request: Get(site.HealthPath), patience: probePatience}
	defer v.Close()
	every := time.Second / time.Duration(p.PerSecond)
	for due := time.Now(); ctx.Err() == nil; due = due.Add(every) {
		machine.Pause(time.Until(due))
		if p.Fresh {
			v.Close()
		}
		a := v.visit(context.Background(), due) // finish a probe that has begun
		if a.outcome != served {
			seen.Failed++
			a.took = max(a.took, probePatience) // a refusal is no quick answer
		}
		seen.Took = append(seen.Took, a.took.Seconds()*1e3)
	}
	return seen
}

// During probes while work is done.
func (p Prober) During(ctx context.Context, work func()) Probes {
	ctx, cancel := context.WithCancel(ctx)
	seen := make(chan Probes, 1)
	go func() { seen <- p.run(ctx) }()
	work()
	cancel()
	return <-seen
}
