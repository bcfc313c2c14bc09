package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"
)

const (
	goodRate       = 500 // good requests a second
	poisonPatience = 2 * time.Second
	poisonSettling = time.Second
	poisonVisitors = 4 // that ask as fast as they can
)

// A dose is how often a request comes that the handler panics on, beside the good ones.
type dose struct {
	name   string
	rate   float64 // a second
	asFast bool    // as the server answers, instead
}

func doses() []dose {
	return []dose{
		{name: "none"},
		{name: "1 in 5 s", rate: 0.2},
		{name: "1 in 1 000", rate: goodRate / 1000.0},
		{name: "2 a second", rate: 2},
		{name: "10 a second", rate: 10},
		{name: "as fast as possible", asFast: true},
	}
}

// dosesNamed are all, or the one of that name and none at all, which it is compared with.
func dosesNamed(name string) ([]dose, error) {
	if name == "" {
		return doses(), nil
	}
	var names []string
	for _, d := range doses()[1:] {
		if d.name == name {
			return []dose{doses()[0], d}, nil
		}
		names = append(names, d.name)
	}
	return nil, usageMistake("--dose: unknown dose %q; there are %s", name, strings.Join(names, ", "))
}

// poisonOptions are what the command line of poison asks for.
type poisonOptions struct {
	repeating
	dose string
	publishing
}

// newPoison returns the subcommand poison.
func newPoison() subcommand { return &poisonOptions{} }

// Register registers the flags, with their defaults.
func (o *poisonOptions) Register(flags *flag.FlagSet) {
	o.registerRounds(flags, 1, "medians over them", 30*time.Second, "dose is measured")
	flags.StringVar(&o.dose, "dose", "", "`name` of the only dose to give, as the table has it")
	o.registerWrite(flags, "the table")
}

// Validate returns nil if the flags can be what they are, or a usageError.
func (o *poisonOptions) Validate() error {
	if o.write && o.dose != "" {
		return usageMistake("--write and --dose exclude each other: the page has all doses")
	}
	if _, err := dosesNamed(o.dose); err != nil {
		return err
	}
	return o.repeating.Validate()
}

// Command returns the command line that repeats it.
func (o *poisonOptions) Command() string {
	return fmt.Sprintf("poison --for %s --rounds %d --write", o.lasting, o.rounds)
}

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *poisonOptions) Run(ctx context.Context) error {
	given, err := dosesNamed(o.dose)
	if err != nil {
		return err
	}
	target, err := openTarget(o.publishing, reliabilityPage("poison"))
	if err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the generator shares the processors
	r := newPoisonResults(given)
	for round := range o.rounds {
		for _, d := range given {
			for _, name := range rotated(poisonContestants(), round) {
				if err := o.measure(ctx, r, name, d); err != nil {
					return fmt.Errorf("%s, %s: %w", name, d.name, err)
				}
			}
		}
	}
	fmt.Print(r.medians())
	if err := errors.Join(offeredAll(r), unharmed(r)); err != nil {
		return err
	}
	c := describe(o.Command(), software([]string{troupe, netHTTP}))
	return target.publish(c.heading(medianRounds(o.rounds)) + r.medians())
}

// measure gives one dose to the route of one server just started.
func (o *poisonOptions) measure(ctx context.Context, r *results, name string, d dose) (err error) {
	at := poisonRoutes[name]
	server, err := startServing(ctx, at.server, "poison")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	before, err := cpuTime(server.pid())
	if err != nil {
		return err
	}
	good := &openLoop{addr: server.addr, request: getRequest(at.path + "good"), patience: poisonPatience}
	poison := make(chan tally, 1)
	go func() { poison <- d.give(ctx, server.addr, getRequest(at.path+bad), o.lasting) }()
	seen := good.offer(ctx, goodRate, poisonSettling, o.lasting)
	crashed := <-poison
	after, err := cpuTime(server.pid())
	if err := errors.Join(err, ctx.Err(), server.alive()); err != nil {
		return err
	}
	addPoison(r, name, d, seen, crashed, after-before, o.lasting)
	fmt.Fprintf(os.Stderr, "%-20s  %-16s  %5d of %5d good served, p99 %6.1f ms; %6d crashes, %d refused\n",
		d.name, name, len(seen.served), seen.offered-seen.notOffered, percentile(seen.served, 99),
		crashed.failed, len(crashed.shed))
	return nil
}

// give makes the requests that the handler panics on, as long as the good ones are made. Those that
// are not refused count as failed: what net/http does is close the connection.
func (d dose) give(ctx context.Context, addr string, request []byte, lasting time.Duration) tally {
	switch {
	case d.asFast:
		loop := closedLoop{addr: addr, request: request, patience: poisonPatience, visitors: poisonVisitors}
		return loop.ask(ctx, 0, poisonSettling+lasting)
	case d.rate > 0:
		loop := &openLoop{addr: addr, request: request, patience: poisonPatience}
		return loop.offer(ctx, d.rate, 0, poisonSettling+lasting)
	default:
		return tally{}
	}
}
