package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"time"
)

const overloadPatience = time.Second

// overloadOptions are what the command line of overload asks for.
type overloadOptions struct {
	repeating
	publishing
}

// newOverload returns the subcommand overload.
func newOverload() subcommand { return &overloadOptions{} }

// Register registers the flags, with their defaults.
func (o *overloadOptions) Register(flags *flag.FlagSet) {
	o.registerRounds(flags, 3, "medians over them", 5*time.Second, "load is measured")
	o.registerWrite(flags, "the table and the chart")
}

// Command returns the command line that repeats it.
func (o *overloadOptions) Command() string {
	return fmt.Sprintf("overload --for %s --rounds %d --write", o.lasting, o.rounds)
}

// overloadRivals lists those that can run a handler; nginx cannot.
func overloadRivals() []string { return []string{troupe, netHTTP, fastHTTP} }

// A pressure is a load as a multiple of what the server can do.
type pressure int

func (p pressure) String() string { return fmt.Sprintf("%d× capacity", int(p)) }

func pressures() []pressure { return []pressure{1, 2, 10} }

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *overloadOptions) Run(ctx context.Context) error {
	if err := raiseDescriptorLimit(mostVisitors); err != nil {
		return err
	}
	target, err := openTarget(o.publishing, reliabilityPage("overload"))
	if err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the generator shares the processors
	r := newOverloadResults()
	for round := range o.rounds {
		for _, p := range pressures() {
			for _, name := range rotated(overloadRivals(), round) {
				if err := o.measure(ctx, r, round, name, p); err != nil {
					return fmt.Errorf("%s, %s: %w", label(name), p, err)
				}
			}
		}
	}
	fmt.Print(r.medians())
	if err := offeredAll(r); err != nil {
		return err
	}
	c := describe(o.Command(), software(overloadRivals()))
	return target.publish(overloadBlock(r, c, o.rounds), picture{overloadChartName, overloadChart(r)})
}

// measure puts a server just started under one load: what an earlier load left in its queue is not
// for this one to pay.
func (o *overloadOptions) measure(ctx context.Context, r *results, round int, name string, p pressure) (err error) {
	server, err := startServing(ctx, name, "work")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	able, err := capacity(ctx, server.addr, getRequest(workPath))
	if err != nil {
		return err
	}
	loop := &openLoop{addr: server.addr, request: getRequest(workPath), patience: overloadPatience}
	var seen tally
	well := prober{addr: server.addr, perSecond: healthRate}.during(ctx, func() {
		seen = loop.offer(ctx, able*float64(p), fillingTime, o.lasting)
	})
	if err := errors.Join(ctx.Err(), server.alive()); err != nil {
		return err
	}
	addOverload(r, name, p, able, seen, well, o.lasting)
	fmt.Fprintf(os.Stderr, "round %d/%d  %-12s  %-8s  capacity %3.0f/s, offered %5.0f/s: "+
		"%3.0f/s served, %5d shed, %5d failed, %d not offered; health p99 %.1f ms\n",
		round+1, o.rounds, p, label(name), able, able*float64(p), float64(len(seen.served))/o.lasting.Seconds(),
		len(seen.shed), seen.failed, seen.notOffered, percentile(well.took, 99))
	return nil
}
