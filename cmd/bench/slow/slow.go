// Package slow attacks Troupe with slowhttptest, and asks for its health meanwhile.
package slow

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/cli"
	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/stats"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/report"
	"github.com/troupe-go/troupe/cmd/bench/report/page"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
)

const (
	probeRate      = 50 // probes a second of each kind
	restTime       = 2 * time.Second
	mostP99        = 100.0 // milliseconds, of the 99th percentile of the probes
	betweenAttacks = 500 * time.Millisecond
)

// options are the flags of slow.
type options struct {
	lasting     time.Duration
	connections int
	page.Publishing
}

// New returns the subcommand slow.
func New() cli.Subcommand { return &options{} }

// Register registers the flags, with their defaults.
func (o *options) Register(flags *flag.FlagSet) {
	flags.DurationVar(&o.lasting, "for", 20*time.Second, "how long each attack may last, in whole seconds")
	flags.IntVar(&o.connections, "connections", 1000, "`number` of connections of each attack")
	o.RegisterWrite(flags, "the table")
}

// Validate returns nil if the values of the flags are allowed, or a cli.UsageError.
func (o *options) Validate() error {
	// slowhttptest waits with select(2), which knows no descriptor above 1,023.
	if o.connections < 1 || o.connections > 1000 {
		return cli.Mistake("--connections must be between 1 and 1000")
	}
	return cli.WholeSeconds(o.lasting)
}

// Command returns the command line that repeats it.
func (o *options) Command() string {
	return fmt.Sprintf("slow --for %s --connections %d --write", o.lasting, o.connections)
}

// siege is what the probers saw during one attack.
type siege struct {
	name        string
	lasted      time.Duration
	kept, fresh load.Probes
}

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *options) Run(ctx context.Context) (err error) {
	target, err := page.Open(o.Publishing, page.Reliability("slow"))
	if err != nil {
		return err
	}
	tool, err := find()
	if err != nil {
		return err
	}
	server, err := rivals.StartServing(ctx, roster.Troupe, "slow")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	sieges := []siege{besiege(ctx, server.Addr, "none", func() { machine.Rest(ctx, restTime) })}
	for _, a := range attacks() {
		var failed error
		s := besiege(ctx, server.Addr, a.name, func() {
			failed = tool.attack(ctx, server.Addr, a, o.connections, o.lasting)
		})
		if err := errors.Join(failed, ctx.Err(), server.Alive()); err != nil {
			return err
		}
		sieges = append(sieges, s)
		fmt.Fprintf(os.Stderr, "%s: %.0f s\n", a.name, s.lasted.Seconds())
		machine.Rest(ctx, betweenAttacks)
	}
	table := tableOf(sieges)
	fmt.Print(table)
	if err := withstood(sieges); err != nil {
		return err
	}
	c := page.Describe(o.Command(), rivals.Software([]string{roster.Troupe}, "slowhttptest "+tool.version()))
	return target.Publish(c.Heading("Times are in milliseconds.") + table)
}

// besiege probes during an attack, over one kept connection and over new ones.
func besiege(ctx context.Context, addr, name string, attack func()) siege {
	s := siege{name: name}
	start := time.Now()
	s.kept = load.Prober{Addr: addr, PerSecond: probeRate}.During(ctx, func() {
		s.fresh = load.Prober{Addr: addr, PerSecond: probeRate, Fresh: true}.During(ctx, attack)
	})
	s.lasted = time.Since(start)
	return s
}

func tableOf(sieges []siege) string {
	lines := [][]string{{"attack", "probes over", "seconds", "probes", "failed", "p50, ms", "p99, ms", "max, ms"}}
	for _, s := range sieges {
		for _, of := range s.probed() {
			lines = append(lines, []string{s.name, of.over, fmt.Sprintf("%.0f", s.lasted.Seconds()), report.Grouped(len(of.Took)),
				report.Grouped(of.Failed), report.Millis(stats.Percentile(of.Took, 50)), report.Millis(stats.Percentile(of.Took, 99)), report.Millis(stats.Percentile(of.Took, 100))})
		}
	}
	return report.Markdown(lines, 2)
}

// probed returns the probes of a siege, with their kinds of connections.
func (s siege) probed() []probesOver {
	return []probesOver{{s.kept, "one connection"}, {s.fresh, "a new connection each"}}
}

type probesOver struct {
	load.Probes
	over string
}

// withstood fails if the server was not well, or answered slowly, during an attack.
func withstood(sieges []siege) error {
	var errs []error
	for _, s := range sieges {
		for _, of := range s.probed() {
			if of.Failed > 0 {
				errs = append(errs, fmt.Errorf("%s: %d probes over %s failed", s.name, of.Failed, of.over))
			}
			if p99 := stats.Percentile(of.Took, 99); p99 > mostP99 {
				errs = append(errs, fmt.Errorf("%s: the 99th percentile over %s is %.1f ms, above %.0f", s.name, of.over, p99, mostP99))
			}
		}
	}
	return errors.Join(errs...)
}
