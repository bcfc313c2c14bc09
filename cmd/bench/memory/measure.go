package memory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/internal/process"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/memory/assault"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
	"github.com/troupe-go/troupe/cmd/bench/vitals"
)

// A toll is the effect of an assault, in KiB of resident memory.
type toll struct {
	connections, sent           int // sent are octets
	start, highest, held, after int
	uploads                     load.Tally // of others meanwhile
}

// String prints the toll for the waiting user.
func (t toll) String() string {
	return fmt.Sprintf("%6d connections, %4d MiB sent; resident MiB: %3d at the start, %4d at most, %4d after it",
		t.connections, t.sent>>20, mib(t.start), mib(t.highest), mib(t.after))
}

// allowed is how much memory may remain.
func (t toll) allowed() int { return vitals.Vitals{KiB: t.start}.Allowed().KiB }

func mib(kib int) int { return (kib + 512) >> 10 }

const (
	// afterTime is the pause after an assault, before each look at the remaining memory.
	afterTime = 3 * time.Second

	// collectBound is how long a server may take to collect its garbage: after an attack there is more.
	collectBound = time.Minute

	// quietBound is how long opening all connections of a quiet assault may take.
	quietBound = time.Minute
)

// measuring says how long an assault lasts, and how long a server may take to free memory afterwards.
type measuring struct{ lasting, waiting time.Duration }

// measure puts a server just started under one assault.
func (m measuring) measure(ctx context.Context, name string, a assault.Assault) (t toll, err error) {
	server, err := rivals.StartServing(ctx, name, a.Serve)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	if t.start, err = collected(ctx, server, a.Secure()); err != nil {
		return t, err
	}
	e := a.On(ctx, server.Addr, m.lasting)
	defer e.Stop()
	over := make(chan struct{})
	go func() { defer close(over); a.Run(e) }()
	if a.Quiet {
		t.held, err = m.held(ctx, server, a, e)
		e.Stop()
	}
	<-over
	if err := errors.Join(err, ctx.Err(), server.Alive()); err != nil {
		return t, err
	}
	t.connections, t.sent = e.Counts()
	t.uploads = e.Others()
	if t.after, err = m.left(ctx, server, a, t.allowed()); err != nil {
		return t, err
	}
	t.highest, err = machine.HighestResident(server.PID())
	return t, err
}

// left returns the memory of a server whose clients are gone, when it is at most what it may keep, or at the end of
// the waiting.
func (m measuring) left(ctx context.Context, server *process.Process, a assault.Assault, allowed int) (kib int, err error) {
	for start := time.Now(); ; {
		machine.Rest(ctx, min(afterTime, m.waiting))
		kib, err = collected(ctx, server, a.Secure())
		if err != nil || kib <= allowed || time.Since(start) >= m.waiting {
			return kib, err
		}
	}
}

// held returns the memory of a server while all connections are open and silent.
func (m measuring) held(ctx context.Context, server *process.Process, a assault.Assault, e *assault.Enemy) (kib int, err error) {
	for start := time.Now(); len(e.Quiet()) < a.Connections; machine.Rest(ctx, vitals.PollEvery) {
		if time.Since(start) > quietBound || ctx.Err() != nil {
			return 0, errors.Join(ctx.Err(), fmt.Errorf("%d of %d connections were opened", len(e.Quiet()), a.Connections))
		}
	}
	machine.Rest(ctx, min(machine.Settling, m.waiting))
	if kib, err = collected(ctx, server, a.Secure()); err != nil {
		return 0, err
	}
	return kib, load.StillOpen(e.Quiet())
}

// collected is the resident memory of a server after two garbage collections: memory in a pool is garbage only at the
// second.
func collected(ctx context.Context, p *process.Process, secure bool) (kib int, err error) {
	v := &load.Visitor{Addr: p.Addr, Secure: secure}
	defer v.Close()
	for range 2 {
		if _, err := v.Ask(ctx, load.Get(site.CollectPath), time.Now().Add(collectBound)); err != nil {
			return 0, errors.Join(p.Alive(), fmt.Errorf("asking it to collect its garbage: %w", err))
		}
	}
	return machine.Resident(p.PID())
}
