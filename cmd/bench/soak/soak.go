// Package soak torments one Troupe with clients of all kinds, and checks every answer, and what is left behind.
package soak

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/cli"
	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/internal/process"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/report/page"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
	"github.com/troupe-go/troupe/cmd/bench/soak/guests"
	"github.com/troupe-go/troupe/cmd/bench/soak/ledger"
	"github.com/troupe-go/troupe/cmd/bench/vitals"
)

// options are the flags of soak.
type options struct {
	lasting time.Duration
	seed    uint64
	page.Publishing
}

// New returns the subcommand soak.
func New() cli.Subcommand { return &options{} }

// Register registers the flags, with their defaults.
func (o *options) Register(flags *flag.FlagSet) {
	flags.DurationVar(&o.lasting, "for", time.Minute, "how long the clients are at it, in whole seconds")
	flags.Uint64Var(&o.seed, "seed", 0, "`number` that what the clients do follows from; 0 picks one")
	o.RegisterWrite(flags, "the tables")
}

// Validate returns nil if the values of the flags are allowed, or a cli.UsageError.
func (o *options) Validate() error { return cli.WholeSeconds(o.lasting) }

// Command returns the command line that repeats it.
func (o *options) Command() string {
	return fmt.Sprintf("soak --for %s --seed %d --write", o.lasting, o.seed)
}

// warmingTime is how long the same clients run before anything counts: memory that a server needs for such a load is
// no leak.
func (o *options) warmingTime() time.Duration { return max(3*time.Second, o.lasting/4) }

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *options) Run(ctx context.Context) (err error) {
	if err := machine.RaiseDescriptorLimit(guests.Size()); err != nil {
		return err
	}
	target, err := page.Open(o.Publishing, page.Reliability("soak"))
	if err != nil {
		return err
	}
	if o.seed == 0 {
		o.seed = rand.Uint64N(1 << 32)
	}
	server, err := rivals.StartServing(ctx, roster.Troupe, "soak")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	s, err := o.soak(ctx, server)
	if err := errors.Join(err, ctx.Err(), server.Alive()); err != nil {
		return err
	}
	fmt.Print(s.tables())
	for _, wrong := range s.book.Examples {
		fmt.Fprintln(os.Stderr, wrong)
	}
	if err := s.verdict(); err != nil {
		return fmt.Errorf("%w (--seed %d)", err, o.seed)
	}
	c := page.Describe(o.Command(), rivals.Software([]string{roster.Troupe}))
	return target.Publish(c.Heading(fmt.Sprintf("%d clients were at it at once.", guests.Size())) + s.tables())
}

func (o *options) soak(ctx context.Context, server *process.Process) (s outcome, err error) {
	say := func(text string) { fmt.Fprintf(os.Stderr, "seed %d: %s\n", o.seed, text) }
	say(fmt.Sprintf("warming up for %s", o.warmingTime()))
	guests.Beset(ctx, server.Addr, o.seed, ledger.New(), o.warmingTime())
	if s.before, err = vitals.Settled(ctx, server, nil); err != nil {
		return s, err
	}
	say(fmt.Sprintf("%d clients for %s", guests.Size(), o.lasting))
	s.book = ledger.New()
	s.health = load.Prober{Addr: server.Addr, PerSecond: load.HealthRate}.During(ctx, func() {
		guests.Beset(ctx, server.Addr, o.seed+1, s.book, o.lasting)
	})
	say("all clients are gone; waiting for the server to be idle")
	s.after, err = vitals.Settled(ctx, server, &s.before)
	return s, err
}
