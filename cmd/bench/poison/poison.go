// Package poison measures how much requests that crash a handler cost the others.
package poison

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/goodput"
	"github.com/troupe-go/troupe/cmd/bench/internal/cli"
	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/internal/stats"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/report"
	"github.com/troupe-go/troupe/cmd/bench/report/page"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
)

// options are the flags of poison.
type options struct {
	cli.Repeating
	dose string
	page.Publishing
}

// New returns the subcommand poison.
func New() cli.Subcommand { return &options{} }

// Register registers the flags, with their defaults.
func (o *options) Register(flags *flag.FlagSet) {
	o.RegisterRounds(flags, 1, "medians over them", 30*time.Second, "dose is measured")
	flags.StringVar(&o.dose, "dose", "", "`name` of the only dose to give, as the table has it")
	o.RegisterWrite(flags, "the table")
}

// Validate returns nil if the values of the flags are allowed, or a cli.UsageError.
func (o *options) Validate() error {
	if o.Write && o.dose != "" {
		return cli.Mistake("--write and --dose exclude each other: the page has all doses")
	}
	if _, err := dosesNamed(o.dose); err != nil {
		return err
	}
	return o.Repeating.Validate()
}

// Command returns the command line that repeats it.
func (o *options) Command() string {
	return fmt.Sprintf("poison --for %s --rounds %d --write", o.Lasting, o.Rounds)
}

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *options) Run(ctx context.Context) error {
	given, err := dosesNamed(o.dose)
	if err != nil {
		return err
	}
	target, err := page.Open(o.Publishing, page.Reliability("poison"))
	if err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the generator shares the processors
	r := newResults(given)
	for round := range o.Rounds {
		for _, d := range given {
			for _, name := range roster.Rotated(contestants(), round) {
				if err := o.measure(ctx, r, name, d); err != nil {
					return fmt.Errorf("%s, %s: %w", name, d.name, err)
				}
			}
		}
	}
	fmt.Print(r.Medians())
	if err := errors.Join(goodput.CheckOffered(r), unharmed(r)); err != nil {
		return err
	}
	c := page.Describe(o.Command(), rivals.Software([]string{roster.Troupe, roster.NetHTTP}))
	return target.Publish(c.Heading(report.MedianRounds(o.Rounds)) + r.Medians())
}

// measure gives one dose to the route of one server just started.
func (o *options) measure(ctx context.Context, r *report.Results, name string, d dose) (err error) {
	at := routes[name]
	server, err := rivals.StartServing(ctx, at.server, "poison")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	before, err := machine.CPUTime(server.PID())
	if err != nil {
		return err
	}
	good := &load.OpenLoop{Addr: server.Addr, Request: load.Get(at.path + "good"), Patience: patience}
	poison := make(chan load.Tally, 1)
	go func() { poison <- d.give(ctx, server.Addr, load.Get(at.path+site.Bad), o.Lasting) }()
	seen := good.Offer(ctx, goodRate, settling, o.Lasting)
	crashed := <-poison
	after, err := machine.CPUTime(server.PID())
	if err := errors.Join(err, ctx.Err(), server.Alive()); err != nil {
		return err
	}
	addRound(r, name, d, seen, crashed, after-before, o.Lasting)
	fmt.Fprintf(os.Stderr, "%-20s  %-16s  %5d of %5d good served, p99 %6.1f ms; %6d crashes, %d refused\n",
		d.name, name, len(seen.Served), seen.Offered-seen.NotOffered, stats.Percentile(seen.Served, 99),
		crashed.Failed, len(crashed.Shed))
	return nil
}
