// Package crash measures how soon Troupe answers for handlers that fail.
package crash

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/troupe-go/troupe/cmd/bench/internal/cli"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/report/page"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
)

// options are the flags of crash.
type options struct {
	routes int
	page.Publishing
}

// New returns the subcommand crash.
func New() cli.Subcommand { return &options{} }

// Register registers the flags, with their defaults.
func (o *options) Register(flags *flag.FlagSet) {
	flags.IntVar(&o.routes, "routes", site.CrashRoutes,
		fmt.Sprintf("`number` of routes of each kind that fail, at most %d", site.CrashRoutes))
	o.RegisterWrite(flags, "the table")
}

// Validate returns nil if the values of the flags are allowed, or a cli.UsageError.
func (o *options) Validate() error {
	if o.routes < 1 || o.routes > site.CrashRoutes {
		return cli.Mistake("--routes must be between 1 and %d", site.CrashRoutes)
	}
	return nil
}

// Command returns the command line that repeats it.
func (o *options) Command() string { return fmt.Sprintf("crash --routes %d --write", o.routes) }

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *options) Run(ctx context.Context) (err error) {
	target, err := page.Open(o.Publishing, page.Reliability("crash"))
	if err != nil {
		return err
	}
	server, err := rivals.StartServing(ctx, roster.Troupe, "crash")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	all := []latencies{
		ordinary(ctx, server.Addr), crashes(ctx, server.Addr, o.routes),
		queued(ctx, server.Addr, o.routes), kept(ctx, server.Addr, o.routes),
	}
	if err := errors.Join(ctx.Err(), server.Alive()); err != nil {
		return err
	}
	table := tableOf(all)
	fmt.Print(table)
	if err := answeredAll(all); err != nil {
		return err
	}
	c := page.Describe(o.Command(), rivals.Software([]string{roster.Troupe}))
	return target.Publish(c.Heading("Times are in milliseconds.") + table)
}
