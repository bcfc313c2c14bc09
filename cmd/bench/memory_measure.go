package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A toll is what an assault took, in KiB of resident memory.
type toll struct {
	connections, sent           int // sent are octets
	start, highest, held, after int
	uploads                     tally // of others meanwhile
}

func (t toll) String() string {
	return fmt.Sprintf("%6d connections, %4d MiB sent; resident MiB: %3d at the start, %4d at most, %4d after it",
		t.connections, t.sent>>20, mib(t.start), mib(t.highest), mib(t.after))
}

// allowed is what may be left.
func (t toll) allowed() int { return vitals{kib: t.start}.allowed().kib }

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

// measure puts a server just started under one assault.
func (o *memoryOptions) measure(ctx context.Context, name string, a assault) (t toll, err error) {
	server, err := startServing(ctx, name, a.serve)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	if t.start, err = collected(ctx, server, a.secure()); err != nil {
		return t, err
	}
	e := newEnemy(ctx, server.addr, a, o.lasting)
	defer e.stop()
	over := make(chan struct{})
	go func() { defer close(over); a.run(e) }()
	if a.quiet {
		t.held, err = o.held(ctx, server, a, e)
		e.stop()
	}
	<-over
	if err := errors.Join(err, ctx.Err(), server.alive()); err != nil {
		return t, err
	}
	t.connections, t.sent = e.counts()
	t.uploads = e.others()
	if t.after, err = o.left(ctx, server, a, t.allowed()); err != nil {
		return t, err
	}
	t.highest, err = highestResident(server.pid())
	return t, err
}

// left is what a server has when its clients are gone: what it may keep, or what it has in the end.
func (o *memoryOptions) left(ctx context.Context, server *process, a assault, allowed int) (kib int, err error) {
	for start := time.Now(); ; {
		rest(ctx, min(afterTime, o.waiting))
		kib, err = collected(ctx, server, a.secure())
		if err != nil || kib <= allowed || time.Since(start) >= o.waiting {
			return kib, err
		}
	}
}

// held is what a server has while all connections are open and silent.
func (o *memoryOptions) held(ctx context.Context, server *process, a assault, e *enemy) (kib int, err error) {
	for start := time.Now(); len(e.quiet()) < a.connections; rest(ctx, pollEvery) {
		if time.Since(start) > quietBound || ctx.Err() != nil {
			return 0, errors.Join(ctx.Err(), fmt.Errorf("%d of %d connections were opened", len(e.quiet()), a.connections))
		}
	}
	rest(ctx, min(settling, o.waiting))
	if kib, err = collected(ctx, server, a.secure()); err != nil {
		return 0, err
	}
	return kib, stillOpen(e.quiet())
}

// collected is the resident memory of a server that has collected its garbage. It does so twice: what
// is in a pool is garbage with the second time.
func collected(ctx context.Context, p *process, secure bool) (kib int, err error) {
	v := &visitor{addr: p.addr, secure: secure}
	defer v.close()
	for range 2 {
		if _, err := v.ask(ctx, getRequest(collectPath), time.Now().Add(collectBound)); err != nil {
			return 0, errors.Join(p.alive(), fmt.Errorf("asking it to collect its garbage: %w", err))
		}
	}
	return resident(p.pid())
}
