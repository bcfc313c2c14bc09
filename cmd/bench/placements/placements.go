// Package placements measures what each placement of a handler costs: one actor, several, one for each request or each
// key, and none.
package placements

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/cli"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/report"
	"github.com/troupe-go/troupe/cmd/bench/report/page"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
	"github.com/troupe-go/troupe/cmd/bench/speed/wrk"
)

// clients is how many connections load a server.
const clients = 64

// options are the flags of placements.
type options struct {
	cli.Repeating
	page.Publishing
}

// New returns the subcommand placements.
func New() cli.Subcommand { return &options{} }

// Register registers the flags, with their defaults.
func (o *options) Register(flags *flag.FlagSet) {
	o.RegisterRounds(flags, 5, "medians over them", 2*time.Second, "load is measured")
	o.RegisterWrite(flags, "the tables")
}

// Command returns the command line that repeats it.
func (o *options) Command() string {
	return fmt.Sprintf("placements --for %s --rounds %d --write", o.Lasting, o.Rounds)
}

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *options) Run(ctx context.Context) (err error) {
	target, err := page.Open(o.Publishing, page.Placements)
	if err != nil {
		return err
	}
	generator, err := wrk.Find()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, generator.Close()) }()
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the clients share the processors
	f := newFigures()
	if err := f.count(ctx); err != nil {
		return err
	}
	if err := o.time(ctx, f, generator); err != nil {
		return err
	}
	fmt.Print(f.tables())
	if err := f.verdict(); err != nil {
		return err
	}
	c := page.Describe(o.Command(), rivals.Software([]string{roster.Troupe, roster.NetHTTP, roster.FastHTTP}, "wrk "+wrk.Version()))
	return target.Publish(c.Heading(report.MedianRounds(o.Rounds)) + f.tables())
}

// count makes the measurements that need no clock, once.
func (f *figures) count(ctx context.Context) (err error) {
	if f.octets, err = entityOctets(ctx, entities); err != nil {
		return fmt.Errorf("idle entities: %w", err)
	}
	fmt.Fprintf(os.Stderr, "%s idle entities: %.0f octets of heap each\n", report.Grouped(entities), f.octets)
	if f.idled, err = idleOut(ctx, briefRequests); err != nil {
		return fmt.Errorf("idling out: %w", err)
	}
	fmt.Fprintf(os.Stderr, "idling out: %d of %d requests failed, and %d actors were made\n", f.idled.failed, f.idled.asked, f.idled.made)
	return nil
}

// time measures all contestants in turns, on the same servers.
func (o *options) time(ctx context.Context, f *figures, generator *wrk.Generator) (err error) {
	running, err := start(ctx)
	defer func() { err = errors.Join(err, running.stop()) }()
	if err != nil {
		return err
	}
	for round := range o.Rounds {
		for _, name := range roster.Rotated(names(), round) {
			if err := f.rate(ctx, generator, running, name, o.Lasting); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		for _, name := range roster.Rotated(blockers(), round) {
			if err := f.block(ctx, running[name].Addr, name, o.Lasting); err != nil {
				return fmt.Errorf("%s, blocking: %w", name, errors.Join(err, running[name].Alive()))
			}
		}
	}
	return nil
}
