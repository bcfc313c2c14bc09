package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"time"
)

// soakOptions are what the command line of soak asks for.
type soakOptions struct {
	lasting time.Duration
	seed    uint64
	publishing
}

// newSoak returns the subcommand soak.
func newSoak() subcommand { return &soakOptions{} }

// Register registers the flags, with their defaults.
func (o *soakOptions) Register(flags *flag.FlagSet) {
	flags.DurationVar(&o.lasting, "for", time.Minute, "how long the clients are at it, in whole seconds")
	flags.Uint64Var(&o.seed, "seed", 0, "`number` that what the clients do follows from; 0 picks one")
	o.registerWrite(flags, "the tables")
}

// Validate returns nil if the flags can be what they are, or a usageError.
func (o *soakOptions) Validate() error { return wholeSeconds(o.lasting) }

// Command returns the command line that repeats it.
func (o *soakOptions) Command() string {
	return fmt.Sprintf("soak --for %s --seed %d --write", o.lasting, o.seed)
}

// warmingTime is how long the same clients are at it before anything counts: what a server needs
// for such a load at all is no leak.
func (o *soakOptions) warmingTime() time.Duration { return max(3*time.Second, o.lasting/4) }

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *soakOptions) Run(ctx context.Context) (err error) {
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
	server, err := startServing(ctx, troupe, "soak")
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
	c := describe(o.Command(), software([]string{troupe}))
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
