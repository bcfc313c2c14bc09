package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"
)

const (
	crashesPerRoute = 8 // the server gives a route 10 before it pauses
	ordinaryVisits  = 2000

	// crashPatience is how long a request may be without any answer, and mostUnanswered how many of
	// a kind may be before the rest is not tried.
	crashPatience  = 2 * time.Second
	mostUnanswered = 3
)

// crashOptions are what the command line of crash asks for.
type crashOptions struct {
	routes int
	publishing
}

func newCrash() subcommand {
	o := &crashOptions{}
	return subcommand{crashFlags(o), o.validate, o.run}
}

func crashFlags(o *crashOptions) *flag.FlagSet {
	flags := newFlags()
	flags.IntVar(&o.routes, "routes", crashRoutes,
		fmt.Sprintf("`number` of routes of each kind that fail, at most %d", crashRoutes))
	o.register(flags, "the table")
	return flags
}

func (o *crashOptions) validate() error {
	if o.routes < 1 || o.routes > crashRoutes {
		return &usageError{fmt.Sprintf("--routes must be between 1 and %d", crashRoutes)}
	}
	return nil
}

func (o *crashOptions) command() string { return fmt.Sprintf("crash --routes %d --write", o.routes) }

func (o *crashOptions) run(ctx context.Context) (err error) {
	target, err := openTarget(o.publishing, reliabilityPage("crash"))
	if err != nil {
		return err
	}
	server, err := startServing(ctx, "troupe", "crash")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	all := []latencies{
		ordinary(ctx, server.addr), crashes(ctx, server.addr, o.routes),
		queued(ctx, server.addr, o.routes), kept(ctx, server.addr, o.routes),
	}
	if err := errors.Join(ctx.Err(), server.alive()); err != nil {
		return err
	}
	table := crashTable(all)
	fmt.Print(table)
	if err := answeredAll(all); err != nil {
		return err
	}
	c := describe(o.command(), software([]string{"troupe"}))
	return target.publish(c.heading("Times are in milliseconds.") + table)
}
