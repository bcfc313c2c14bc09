package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"
)

// memoryOptions are what the command line of memory asks for.
type memoryOptions struct {
	repeating
	attack  string
	waiting time.Duration // at most, for a server to let go of what it need not hold
	publishing
}

func newMemory() subcommand {
	o := &memoryOptions{waiting: leaving}
	return subcommand{memoryFlags(o), o.validate, o.run}
}

func memoryFlags(o *memoryOptions) *flag.FlagSet {
	flags := newFlags()
	o.registerRounds(flags, 1, "the greatest of them", 8*time.Second, "attack lasts")
	flags.StringVar(&o.attack, "attack", "", "`name` of the only attack to run, as the table has it")
	o.register(flags, "the tables")
	return flags
}

func (o *memoryOptions) validate() error {
	if o.write && o.attack != "" {
		return &usageError{"--write and --attack exclude each other: the page has all attacks"}
	}
	if _, err := assaultsNamed(o.attack); err != nil {
		return err
	}
	return o.repeating.validate()
}

func (o *memoryOptions) command() string {
	return fmt.Sprintf("memory --for %s --rounds %d --write", o.lasting, o.rounds)
}

func (o *memoryOptions) run(ctx context.Context) error {
	all, err := assaultsNamed(o.attack)
	if err != nil {
		return err
	}
	if err := raiseDescriptorLimit(mostConnections(all)); err != nil {
		return err
	}
	target, err := openTarget(o.publishing, reliabilityPage("memory"))
	if err != nil {
		return err
	}
	m := memoryReport{assaults: all, tolls: map[string]map[string]toll{}}
	for range o.rounds {
		if err = o.measureRound(ctx, m); err != nil {
			break
		}
	}
	fmt.Print(m.tables()) // also of a run that did not come to its end
	if err := errors.Join(err, m.verdict()); err != nil {
		return err
	}
	c := describe(o.command(), software([]string{"troupe", "nethttp"}))
	return target.publish(c.heading("Memory is in MiB.") + m.tables())
}

func (o *memoryOptions) measureRound(ctx context.Context, m memoryReport) error {
	for _, a := range m.assaults {
		for _, name := range a.peers() {
			t, err := o.measure(ctx, name, a)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", a.name, peerLabel(name), err)
			}
			m.add(a, name, t)
			fmt.Fprintf(os.Stderr, "%-22s  %-8s  %s\n", a.name, peerLabel(name), t)
		}
	}
	return nil
}

func mostConnections(all []assault) int {
	most := 0
	for _, a := range all {
		most = max(most, a.connections)
	}
	return most
}
