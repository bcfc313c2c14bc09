// Package overload offers servers more requests than they can answer.
package overload

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

const patience = time.Second

// options are the flags of overload.
type options struct {
	cli.Repeating
	page.Publishing
}

// New returns the subcommand overload.
func New() cli.Subcommand { return &options{} }

// Register registers the flags, with their defaults.
func (o *options) Register(flags *flag.FlagSet) {
	o.RegisterRounds(flags, 3, "medians over them", 5*time.Second, "load is measured")
	o.RegisterWrite(flags, "the table and the chart")
}

// Command returns the command line that repeats it.
func (o *options) Command() string {
	return fmt.Sprintf("overload --for %s --rounds %d --write", o.Lasting, o.Rounds)
}

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *options) Run(ctx context.Context) error {
	if err := machine.RaiseDescriptorLimit(load.MostVisitors); err != nil {
		return err
	}
	target, err := page.Open(o.Publishing, page.Reliability("overload"))
	if err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the generator shares the processors
	r := newResults()
	for round := range o.Rounds {
		for _, p := range pressures() {
			for _, name := range roster.Rotated(rivalNames(), round) {
				if err := o.measure(ctx, r, round, name, p); err != nil {
					return fmt.Errorf("%s, %s: %w", roster.Label(name), p, err)
				}
			}
		}
	}
	fmt.Print(r.Medians())
	if err := goodput.CheckOffered(r); err != nil {
		return err
	}
	c := page.Describe(o.Command(), rivals.Software(rivalNames()))
	return target.Publish(block(r, c, o.Rounds), page.Picture{File: chartName, SVG: drawChart(r)})
}

// measure puts a server just started under one load, so that an earlier load does not affect it.
func (o *options) measure(ctx context.Context, r *report.Results, round int, name string, p pressure) (err error) {
	server, err := rivals.StartServing(ctx, name, "work")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	able, err := load.Capacity(ctx, server.Addr, load.Get(site.WorkPath))
	if err != nil {
		return err
	}
	loop := &load.OpenLoop{Addr: server.Addr, Request: load.Get(site.WorkPath), Patience: patience}
	var seen load.Tally
	well := load.Prober{Addr: server.Addr, PerSecond: load.HealthRate}.During(ctx, func() {
		seen = loop.Offer(ctx, able*float64(p), goodput.FillingTime, o.Lasting)
	})
	if err := errors.Join(ctx.Err(), server.Alive()); err != nil {
		return err
	}
	addRound(r, name, p, able, seen, well, o.Lasting)
	fmt.Fprintf(os.Stderr, "round %d/%d  %-12s  %-8s  capacity %3.0f/s, offered %5.0f/s: "+
		"%3.0f/s served, %5d shed, %5d failed, %d not offered; health p99 %.1f ms\n",
		round+1, o.Rounds, p, roster.Label(name), able, able*float64(p), float64(len(seen.Served))/o.Lasting.Seconds(),
		len(seen.Shed), seen.Failed, seen.NotOffered, stats.Percentile(well.Took, 99))
	return nil
}
