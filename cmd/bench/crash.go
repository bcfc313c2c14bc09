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

// newCrash returns the subcommand crash.
func newCrash() subcommand { return &crashOptions{} }

// Register registers the flags, with their defaults.
func (o *crashOptions) Register(flags *flag.FlagSet) {
	flags.IntVar(&o.routes, "routes", crashRoutes,
		fmt.Sprintf("`number` of routes of each kind that fail, at most %d", crashRoutes))
	o.registerWrite(flags, "the table")
}

// Validate returns nil if the flags can be what they are, or a usageError.
func (o *crashOptions) Validate() error {
	if o.routes < 1 || o.routes > crashRoutes {
		return usageMistake("--routes must be between 1 and %d", crashRoutes)
	}
	return nil
}

// Command returns the command line that repeats it.
func (o *crashOptions) Command() string { return fmt.Sprintf("crash --routes %d --write", o.routes) }

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *crashOptions) Run(ctx context.Context) (err error) {
	target, err := openTarget(o.publishing, reliabilityPage("crash"))
	if err != nil {
		return err
	}
	server, err := startServing(ctx, troupe, "crash")
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
	c := describe(o.Command(), software([]string{troupe}))
	return target.publish(c.heading("Times are in milliseconds.") + table)
}
