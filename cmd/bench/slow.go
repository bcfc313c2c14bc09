package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"
)

const (
	slowRate    = 50 // probes a second of each kind
	slowRest    = 2 * time.Second
	slowAtMost  = 100.0 // milliseconds, of the 99th percentile of the probes
	slowBetween = 500 * time.Millisecond
)

// slowOptions are what the command line of slow asks for.
type slowOptions struct {
	lasting     time.Duration
	connections int
	publishing
}

// newSlow returns the subcommand slow.
func newSlow() subcommand { return &slowOptions{} }

// Register registers the flags, with their defaults.
func (o *slowOptions) Register(flags *flag.FlagSet) {
	flags.DurationVar(&o.lasting, "for", 20*time.Second, "how long each attack may last, in whole seconds")
	flags.IntVar(&o.connections, "connections", 1000, "`number` of connections of each attack")
	o.registerWrite(flags, "the table")
}

// Validate returns nil if the flags can be what they are, or a usageError.
func (o *slowOptions) Validate() error {
	// slowhttptest waits with select(2), which knows no descriptor above 1,023.
	if o.connections < 1 || o.connections > 1000 {
		return usageMistake("--connections must be between 1 and 1000")
	}
	return wholeSeconds(o.lasting)
}

// Command returns the command line that repeats it.
func (o *slowOptions) Command() string {
	return fmt.Sprintf("slow --for %s --connections %d --write", o.lasting, o.connections)
}

// siege is what the probers saw during one attack.
type siege struct {
	name        string
	lasted      time.Duration
	kept, fresh probes
}

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *slowOptions) Run(ctx context.Context) (err error) {
	target, err := openTarget(o.publishing, reliabilityPage("slow"))
	if err != nil {
		return err
	}
	tool, err := findSlowhttptest()
	if err != nil {
		return err
	}
	server, err := startServing(ctx, troupe, "slow")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	sieges := []siege{besiege(ctx, server.addr, "none", func() { rest(ctx, slowRest) })}
	for _, a := range attacks() {
		var failed error
		s := besiege(ctx, server.addr, a.name, func() {
			failed = tool.attack(ctx, server.addr, a, o.connections, o.lasting)
		})
		if err := errors.Join(failed, ctx.Err(), server.alive()); err != nil {
			return err
		}
		sieges = append(sieges, s)
		fmt.Fprintf(os.Stderr, "%s: %.0f s\n", a.name, s.lasted.Seconds())
		rest(ctx, slowBetween)
	}
	table := slowTable(sieges)
	fmt.Print(table)
	if err := withstood(sieges); err != nil {
		return err
	}
	c := describe(o.Command(), software([]string{troupe}, "slowhttptest "+tool.version()))
	return target.publish(c.heading("Times are in milliseconds.") + table)
}

// besiege probes while an attack lasts, from a connection that is kept and from fresh ones.
func besiege(ctx context.Context, addr, name string, attack func()) siege {
	s := siege{name: name}
	start := time.Now()
	s.kept = prober{addr: addr, perSecond: slowRate}.during(ctx, func() {
		s.fresh = prober{addr: addr, perSecond: slowRate, fresh: true}.during(ctx, attack)
	})
	s.lasted = time.Since(start)
	return s
}

func slowTable(sieges []siege) string {
	lines := [][]string{{"attack", "probes over", "seconds", "probes", "failed", "p50, ms", "p99, ms", "max, ms"}}
	for _, s := range sieges {
		for _, of := range s.probed() {
			lines = append(lines, []string{s.name, of.over, fmt.Sprintf("%.0f", s.lasted.Seconds()), grouped(len(of.took)),
				grouped(of.failed), millis(percentile(of.took, 50)), millis(percentile(of.took, 99)), millis(percentile(of.took, 100))})
		}
	}
	return markdown(lines, 2)
}

// probed are the probes of a siege with what they went over.
func (s siege) probed() []probesOver {
	return []probesOver{{s.kept, "one connection"}, {s.fresh, "a new connection each"}}
}

type probesOver struct {
	probes
	over string
}

// withstood fails if the server was not well, or slow to say so, during an attack.
func withstood(sieges []siege) error {
	var errs []error
	for _, s := range sieges {
		for _, of := range s.probed() {
			if of.failed > 0 {
				errs = append(errs, fmt.Errorf("%s: %d probes over %s failed", s.name, of.failed, of.over))
			}
			if p99 := percentile(of.took, 99); p99 > slowAtMost {
				errs = append(errs, fmt.Errorf("%s: the 99th percentile over %s is %.1f ms, above %.0f", s.name, of.over, p99, slowAtMost))
			}
		}
	}
	return errors.Join(errs...)
}
