// Package memory attacks Troupe and net/http, and measures how much memory they hold.
package memory

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/cli"
	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/memory/assault"
	"github.com/troupe-go/troupe/cmd/bench/report/page"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
	"github.com/troupe-go/troupe/cmd/bench/vitals"
)

// options are the flags of memory.
type options struct {
	cli.Repeating
	attack string
	page.Publishing
}

// New returns the subcommand memory.
func New() cli.Subcommand { return &options{} }

// Register registers the flags, with their defaults.
func (o *options) Register(flags *flag.FlagSet) {
	o.RegisterRounds(flags, 1, "the greatest of them", 8*time.Second, "attack lasts")
	flags.StringVar(&o.attack, "attack", "", "`name` of the only attack to run, as the table has it")
	o.RegisterWrite(flags, "the tables")
}

// Validate returns nil if the values of the flags are allowed, or a cli.UsageError.
func (o *options) Validate() error {
	if o.Write && o.attack != "" {
		return cli.Mistake("--write and --attack exclude each other: the page has all attacks")
	}
	if _, err := named(o.attack); err != nil {
		return err
	}
	return o.Repeating.Validate()
}

// Command returns the command line that repeats it.
func (o *options) Command() string {
	return fmt.Sprintf("memory --for %s --rounds %d --write", o.Lasting, o.Rounds)
}

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *options) Run(ctx context.Context) error {
	all, err := named(o.attack)
	if err != nil {
		return err
	}
	if err := machine.RaiseDescriptorLimit(mostConnections(all)); err != nil {
		return err
	}
	target, err := page.Open(o.Publishing, page.Reliability("memory"))
	if err != nil {
		return err
	}
	m := tolls{assaults: all, tolls: map[string]map[string]toll{}}
	for range o.Rounds {
		if err = o.measureRound(ctx, m); err != nil {
			break
		}
	}
	fmt.Print(m.tables()) // also after a run that was cut short
	if err := errors.Join(err, m.verdict()); err != nil {
		return err
	}
	c := page.Describe(o.Command(), rivals.Software([]string{roster.Troupe, roster.NetHTTP}))
	return target.Publish(c.Heading("Memory is in MiB.") + m.tables())
}

// named returns all, or the one of that name.
func named(name string) ([]assault.Assault, error) {
	var names []string
	for _, a := range assault.All() {
		if a.Name == name {
			return []assault.Assault{a}, nil
		}
		names = append(names, a.Name)
	}
	if name == "" {
		return assault.All(), nil
	}
	return nil, cli.Mistake("--attack: unknown attack %q; there are %s", name, strings.Join(names, "; "))
}

func (o *options) measureRound(ctx context.Context, m tolls) error {
	for _, a := range m.assaults {
		for _, name := range a.Rivals() {
			t, err := measuring{o.Lasting, vitals.Leaving}.measure(ctx, name, a)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", a.Name, roster.Label(name), err)
			}
			m.add(a, name, t)
			fmt.Fprintf(os.Stderr, "%-22s  %-8s  %s\n", a.Name, roster.Label(name), t)
		}
	}
	return nil
}

func mostConnections(all []assault.Assault) int {
	most := 0
	for _, a := range all {
		most = max(most, a.Connections)
	}
	return most
}
