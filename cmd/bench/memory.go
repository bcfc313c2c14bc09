package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

// memoryOptions are what the command line of memory asks for.
type memoryOptions struct {
	repeating
	attack  string
	waiting time.Duration // at most, for a server to let go of what it need not hold
	publishing
}

// newMemory returns the subcommand memory.
func newMemory() subcommand { return &memoryOptions{waiting: leaving} }

// Register registers the flags, with their defaults.
func (o *memoryOptions) Register(flags *flag.FlagSet) {
	o.registerRounds(flags, 1, "the greatest of them", 8*time.Second, "attack lasts")
	flags.StringVar(&o.attack, "attack", "", "`name` of the only attack to run, as the table has it")
	o.registerWrite(flags, "the tables")
}

// Validate returns nil if the flags can be what they are, or a usageError.
func (o *memoryOptions) Validate() error {
	if o.write && o.attack != "" {
		return usageMistake("--write and --attack exclude each other: the page has all attacks")
	}
	if _, err := assaultsNamed(o.attack); err != nil {
		return err
	}
	return o.repeating.Validate()
}

// Command returns the command line that repeats it.
func (o *memoryOptions) Command() string {
	return fmt.Sprintf("memory --for %s --rounds %d --write", o.lasting, o.rounds)
}

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *memoryOptions) Run(ctx context.Context) error {
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
	c := describe(o.Command(), software([]string{troupe, netHTTP}))
	return target.publish(c.heading("Memory is in MiB.") + m.tables())
}

// assaultsNamed returns all, or the one of that name.
func assaultsNamed(name string) ([]assault, error) {
	var names []string
	for _, a := range assaults() {
		if a.name == name {
			return []assault{a}, nil
		}
		names = append(names, a.name)
	}
	if name == "" {
		return assaults(), nil
	}
	return nil, usageMistake("--attack: unknown attack %q; there are %s", name, strings.Join(names, "; "))
}

func (o *memoryOptions) measureRound(ctx context.Context, m memoryReport) error {
	for _, a := range m.assaults {
		for _, name := range a.rivals() {
			t, err := o.measure(ctx, name, a)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", a.name, label(name), err)
			}
			m.add(a, name, t)
			fmt.Fprintf(os.Stderr, "%-22s  %-8s  %s\n", a.name, label(name), t)
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
