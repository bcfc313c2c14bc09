package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"
)

const (
	politeClients = 8
	politePause   = 100 * time.Millisecond
	greedyAddress = "127.0.0.2" // of all of them; each polite client has one of its own

	// fairPatience is longer than anybody may have to wait.
	fairPatience = 20 * time.Second

	// fairSettling is how long the greedy are at it before anything counts: their queue is full then.
	fairSettling = 6 * time.Second

	// retrying are the clients that ask again at once, whatever they were told.
	retrying = 1500
)

// fairOptions are what the command line of fair asks for.
type fairOptions struct {
	repeating
	greedy int
	publishing
}

// newFair returns the subcommand fair.
func newFair() subcommand { return &fairOptions{} }

// Register registers the flags, with their defaults.
func (o *fairOptions) Register(flags *flag.FlagSet) {
	o.registerRounds(flags, 1, "medians over them", 20*time.Second, "load is measured")
	flags.IntVar(&o.greedy, "greedy", 3500, "`number` of connections of the greedy client")
	o.registerWrite(flags, "the table")
}

// Validate returns nil if the flags can be what they are, or a usageError.
func (o *fairOptions) Validate() error {
	if o.greedy < 1 || o.greedy > 9000 {
		return usageMistake("--greedy must be between 1 and 9000")
	}
	return o.repeating.Validate()
}

// Command returns the command line that repeats it.
func (o *fairOptions) Command() string {
	return fmt.Sprintf("fair --for %s --greedy %d --rounds %d --write", o.lasting, o.greedy, o.rounds)
}

func fairRivals() []string { return []string{troupe, netHTTP} }

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *fairOptions) Run(ctx context.Context) error {
	if err := raiseDescriptorLimit(max(o.greedy, retrying) + politeClients); err != nil {
		return err
	}
	target, err := openTarget(o.publishing, reliabilityPage("fair"))
	if err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the generator shares the processors
	r := newFairResults(o.greedy)
	for round := range o.rounds {
		for _, name := range rotated(fairRivals(), round) {
			if err := o.measure(ctx, r, name); err != nil {
				return fmt.Errorf("%s: %w", label(name), err)
			}
		}
	}
	fmt.Print(r.medians())
	if err := wasFair(r); err != nil {
		return err
	}
	c := describe(o.Command(), software(fairRivals()))
	return target.publish(c.heading(medianRounds(o.rounds)) + r.medians())
}

func (o *fairOptions) measure(ctx context.Context, r *results, name string) error {
	polite, greedy, err := o.crowd(ctx, name)
	if err != nil {
		return err
	}
	addCrowd(r, name, o.greedy, polite, greedy, o.lasting)
	fmt.Fprintf(os.Stderr, "%-8s  polite: %d of %d served, p99 %.0f ms; greedy: %d of %d\n", label(name),
		len(polite.served), polite.offered, percentile(polite.served, 99), len(greedy.served), greedy.offered)
	few, err := o.retry(ctx, name, capacityVisitors)
	if err != nil {
		return err
	}
	many, err := o.retry(ctx, name, retrying)
	if err != nil {
		return err
	}
	addRetries(r, name, few, many, o.lasting)
	fmt.Fprintf(os.Stderr, "%-8s  %d and %d clients: %d and %d served\n", label(name),
		capacityVisitors, retrying, len(few.served), len(many.served))
	return nil
}

// crowd puts the greedy connections and the polite clients to a server just started.
func (o *fairOptions) crowd(ctx context.Context, name string) (polite, greedy tally, err error) {
	server, err := startServing(ctx, name, "fair")
	if err != nil {
		return polite, greedy, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	all := closedLoop{addr: server.addr, request: getRequest(workPath), patience: fairPatience}
	var (
		clients sync.WaitGroup
		seen    [politeClients]tally
	)
	for i := range seen {
		clients.Go(func() {
			one := all
			one.from, one.visitors, one.pause = fmt.Sprintf("127.0.0.%d", 3+i), 1, politePause
			seen[i] = one.ask(ctx, fairSettling, o.lasting)
		})
	}
	all.from, all.visitors = greedyAddress, o.greedy
	greedy = all.ask(ctx, fairSettling, o.lasting)
	clients.Wait()
	for _, one := range seen {
		polite.merge(one)
	}
	return polite, greedy, errors.Join(ctx.Err(), server.alive())
}

// retry has so many clients ask a server just started, again as soon as each has any answer.
func (o *fairOptions) retry(ctx context.Context, name string, clients int) (seen tally, err error) {
	server, err := startServing(ctx, name, "work")
	if err != nil {
		return seen, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	loop := closedLoop{addr: server.addr, request: getRequest(workPath), patience: fairPatience, visitors: clients}
	seen = loop.ask(ctx, fillingTime, o.lasting)
	return seen, errors.Join(ctx.Err(), server.alive())
}
