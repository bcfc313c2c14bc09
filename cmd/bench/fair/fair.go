// Package fair puts greedy clients beside polite ones, and checks who is served.
package fair

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
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

const (
	politePause   = 100 * time.Millisecond
	greedyAddress = "127.0.0.2" // for all of them; each polite client has its own

	// patience is longer than any client may have to wait.
	patience = 20 * time.Second

	// settling is how long the greedy ask before anything counts: their queue is full then.
	settling = 6 * time.Second
)

// options are the flags of fair.
type options struct {
	cli.Repeating
	greedy int
	page.Publishing
}

// New returns the subcommand fair.
func New() cli.Subcommand { return &options{} }

// Register registers the flags, with their defaults.
func (o *options) Register(flags *flag.FlagSet) {
	o.RegisterRounds(flags, 1, "medians over them", 20*time.Second, "load is measured")
	flags.IntVar(&o.greedy, "greedy", 3500, "`number` of connections of the greedy client")
	o.RegisterWrite(flags, "the table")
}

// Validate returns nil if the values of the flags are allowed, or a cli.UsageError.
func (o *options) Validate() error {
	if o.greedy < 1 || o.greedy > 9000 {
		return cli.Mistake("--greedy must be between 1 and 9000")
	}
	return o.Repeating.Validate()
}

// Command returns the command line that repeats it.
func (o *options) Command() string {
	return fmt.Sprintf("fair --for %s --greedy %d --rounds %d --write", o.Lasting, o.greedy, o.Rounds)
}

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *options) Run(ctx context.Context) error {
	if err := machine.RaiseDescriptorLimit(max(o.greedy, retrying) + politeClients); err != nil {
		return err
	}
	target, err := page.Open(o.Publishing, page.Reliability("fair"))
	if err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the generator shares the processors
	r := newResults(o.greedy)
	for round := range o.Rounds {
		for _, name := range roster.Rotated(rivalNames(), round) {
			if err := o.measure(ctx, r, name); err != nil {
				return fmt.Errorf("%s: %w", roster.Label(name), err)
			}
		}
	}
	fmt.Print(r.Medians())
	if err := wasFair(r); err != nil {
		return err
	}
	c := page.Describe(o.Command(), rivals.Software(rivalNames()))
	return target.Publish(c.Heading(report.MedianRounds(o.Rounds)) + r.Medians())
}

func (o *options) measure(ctx context.Context, r *report.Results, name string) error {
	polite, greedy, err := o.crowd(ctx, name)
	if err != nil {
		return err
	}
	addCrowd(r, name, o.greedy, polite, greedy, o.Lasting)
	fmt.Fprintf(os.Stderr, "%-8s  polite: %d of %d served, p99 %.0f ms; greedy: %d of %d\n", roster.Label(name),
		len(polite.Served), polite.Offered, stats.Percentile(polite.Served, 99), len(greedy.Served), greedy.Offered)
	few, err := o.retry(ctx, name, load.CapacityVisitors)
	if err != nil {
		return err
	}
	many, err := o.retry(ctx, name, retrying)
	if err != nil {
		return err
	}
	addRetries(r, name, few, many, o.Lasting)
	fmt.Fprintf(os.Stderr, "%-8s  %d and %d clients: %d and %d served\n", roster.Label(name),
		load.CapacityVisitors, retrying, len(few.Served), len(many.Served))
	return nil
}

// crowd measures greedy connections and polite clients on a server just started.
func (o *options) crowd(ctx context.Context, name string) (polite, greedy load.Tally, err error) {
	server, err := rivals.StartServing(ctx, name, "fair")
	if err != nil {
		return polite, greedy, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	all := load.ClosedLoop{Addr: server.Addr, Request: load.Get(site.WorkPath), Patience: patience}
	var (
		clients sync.WaitGroup
		seen    [politeClients]load.Tally
	)
	for i := range seen {
		clients.Go(func() {
			one := all
			one.From, one.Visitors, one.Pause = fmt.Sprintf("127.0.0.%d", 3+i), 1, politePause
			seen[i] = one.Ask(ctx, settling, o.Lasting)
		})
	}
	all.From, all.Visitors = greedyAddress, o.greedy
	greedy = all.Ask(ctx, settling, o.Lasting)
	clients.Wait()
	for _, one := range seen {
		polite.Merge(one)
	}
	return polite, greedy, errors.Join(ctx.Err(), server.Alive())
}

// retry lets that many clients ask a server just started, each again as soon as it has any answer.
func (o *options) retry(ctx context.Context, name string, clients int) (seen load.Tally, err error) {
	server, err := rivals.StartServing(ctx, name, "work")
	if err != nil {
		return seen, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	loop := load.ClosedLoop{Addr: server.Addr, Request: load.Get(site.WorkPath), Patience: patience, Visitors: clients}
	seen = loop.Ask(ctx, goodput.FillingTime, o.Lasting)
	return seen, errors.Join(ctx.Err(), server.Alive())
}
