package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"
)

// soakOptions are what the command line of soak asks for.
type soakOptions struct {
	lasting time.Duration
	seed    uint64
	publishing
}

func newSoak() subcommand {
	o := &soakOptions{}
	return subcommand{soakFlags(o), o.validate, o.run}
}

func soakFlags(o *soakOptions) *flag.FlagSet {
	flags := newFlags()
	flags.DurationVar(&o.lasting, "for", time.Minute, "how long the clients are at it, in whole seconds")
	flags.Uint64Var(&o.seed, "seed", 0, "`number` that what the clients do follows from; 0 picks one")
	o.register(flags, "the tables")
	return flags
}

func (o *soakOptions) validate() error { return wholeSeconds(o.lasting) }

func (o *soakOptions) command() string {
	return fmt.Sprintf("soak --for %s --seed %d --write", o.lasting, o.seed)
}

// warmingTime is how long the same clients are at it before anything counts: what a server needs
// for such a load at all is no leak.
func (o *soakOptions) warmingTime() time.Duration { return max(3*time.Second, o.lasting/4) }

func (o *soakOptions) run(ctx context.Context) (err error) {
	if err := raiseDescriptorLimit(crowdSize()); err != nil {
		return err
	}
	target, err := openTarget(o.publishing, reliabilityPage("soak"))
	if err != nil {
		return err
	}
	if o.seed == 0 {
		o.seed = rand.Uint64N(1 << 32)
	}
	server, err := startServing(ctx, "troupe", "soak")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	s, err := o.soak(ctx, server)
	if err := errors.Join(err, ctx.Err(), server.alive()); err != nil {
		return err
	}
	fmt.Print(s.tables())
	for _, wrong := range s.book.examples {
		fmt.Fprintln(os.Stderr, wrong)
	}
	if err := s.verdict(); err != nil {
		return fmt.Errorf("%w (--seed %d)", err, o.seed)
	}
	c := describe(o.command(), software([]string{"troupe"}))
	return target.publish(c.heading(fmt.Sprintf("%d clients were at it at once.", crowdSize())) + s.tables())
}

// soaked is all that was seen.
type soaked struct {
	book          *ledger
	health        probes
	before, after vitals
}

func (o *soakOptions) soak(ctx context.Context, server *process) (s soaked, err error) {
	say := func(text string) { fmt.Fprintf(os.Stderr, "seed %d: %s\n", o.seed, text) }
	say(fmt.Sprintf("warming up for %s", o.warmingTime()))
	besetBy(ctx, server.addr, o.seed, newLedger(), o.warmingTime())
	if s.before, err = settledVitals(ctx, server, nil); err != nil {
		return s, err
	}
	say(fmt.Sprintf("%d clients for %s", crowdSize(), o.lasting))
	s.book = newLedger()
	s.health = prober{addr: server.addr, perSecond: healthRate}.during(ctx, func() {
		besetBy(ctx, server.addr, o.seed+1, s.book, o.lasting)
	})
	say("all clients are gone; waiting for the server to be idle")
	s.after, err = settledVitals(ctx, server, &s.before)
	return s, err
}

// besetBy has all clients be at it for a while, each with numbers of its own that follow from the seed.
func besetBy(ctx context.Context, addr string, seed uint64, book *ledger, lasting time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, lasting)
	defer cancel()
	var clients sync.WaitGroup
	number := uint64(0)
	for _, kind := range crowd() {
		for range kind.number {
			number++
			g := guest{addr, rand.New(rand.NewPCG(seed, number)), book}
			clients.Go(func() {
				for ctx.Err() == nil {
					kind.act(ctx, g)
					rest(ctx, time.Duration(g.rand.Int64N(int64(kind.pause))))
				}
			})
		}
	}
	clients.Wait()
}
