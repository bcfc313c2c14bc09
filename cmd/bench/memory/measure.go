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

// A toll is what an assault took, in KiB of resident memory.
type toll struct {
	connections, sent           int // sent are octets
	start, highest, held, after int
	uploads                     load.Tally // of others meanwhile
}

// String writes the toll for those who wait.
func (t toll) String() string {
	return fmt.Sprintf("%6d connections, %4d MiB sent; resident MiB: %3d at the start, %4d at most, %4d after it",
		t.connections, t.sent>>20, mib(t.start), mib(t.highest), mib(t.after))
}

// allowed is what may be left.
func (t toll) allowed() int { return vitals.Vitals{KiB: t.start}.Allowed().KiB }

func mib(kib int) int { return (kib + 512) >> 10 }

const (
	// afterTime is how long a server is left alone after an assault, before each look at what is left.
	afterTime = 3 * time.Second

	// collectBound is how long a server may need to collect its garbage: one that was just attacked has
	// more to do.
	collectBound = time.Minute

	// quietBound is how long it may take to open all connections of an assault that is quiet.
	quietBound = time.Minute
)

// measuring says how long an assault lasts, and a server may take at most to let go of what it need not
// hold.
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

// left is what a server has when its clients are gone: what it may keep, or what it has in the end.
func (m measuring) left(ctx context.Context, server *process.Process, a assault.Assault, allowed int) (kib int, err error) {
	for start := time.Now(); ; {
		machine.Rest(ctx, min(afterTime, m.waiting))
		kib, err = collected(ctx, server, a.Secure())
		if err != nil || kib <= allowed || time.Since(start) >= m.waiting {
			return kib, err
		}
	}
}

// held is what a server has while all connections are open and silent.
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

// collected is the resident memory of a server that has collected its garbage. It does so twice: what
// is in a pool is garbage with the second time.
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
