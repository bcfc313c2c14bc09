package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"
)

const warmingUp = time.Second

// bench is one run: the servers that are loaded, and what was measured of them so far.
type bench struct {
	options
	wrk     *generator
	servers map[string]*process
	results *results
}

// Run measures the servers, tells the figures, and publishes them where it was asked to.
func (o *options) Run(ctx context.Context) (err error) {
	opts := *o
	if runtime.GOOS != "linux" {
		return errors.New("the bench runs on Linux only: it reads CPU and memory of other processes")
	}
	opts.rivals = installed(opts.rivals)
	if err := raiseDescriptorLimit(opts.needsDescriptors()); err != nil {
		return err
	}
	target, err := openTarget(opts.publishing, performancePage) // before measuring: a page that cannot be written costs no run
	if err != nil {
		return err
	}
	b := &bench{options: opts, servers: map[string]*process{}, results: speedResults(opts)}
	if len(opts.loads()) > 0 {
		if b.wrk, err = findWrk(); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, b.wrk.close()) }()
	}
	if err := b.measure(ctx); err != nil {
		return err
	}
	fmt.Print(b.results.table())
	c := describe(opts.Command(), software(opts.rivals, "wrk "+wrkVersion()))
	return target.publish(block(b.results, c, opts.rounds), picture{chartName, speedChart(b.results)})
}

// needsDescriptors is the greatest number of connections that one process has.
func (o *options) needsDescriptors() int {
	return max(o.idle, pipelinedConnections, slices.Max(append([]int{0}, o.connections...)))
}

// measure starts all servers, goes through the rounds, and stops the servers whatever happens.
func (b *bench) measure(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, b.stopServers()) }()
	if b.profile != "" {
		if err := os.MkdirAll(b.profile, 0o755); err != nil {
			return err
		}
	}
	for _, name := range b.rivals {
		if b.wrk == nil {
			break // each idle connection is one of a server just started
		}
		if err := b.startServer(ctx, name); err != nil {
			return err
		}
	}
	for round := range b.rounds {
		if err := b.measureRound(ctx, round); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) startServer(ctx context.Context, name string) error {
	p, err := startRival(ctx, name, b.profile)
	if err != nil {
		return err
	}
	b.servers[name] = p
	if err := checkContent(label(name), p.addr); err != nil {
		return err
	}
	_, err = b.wrk.run(ctx, p.addr, load{connections: pipelinedConnections, depth: 1}, warmingUp)
	if err != nil {
		return fmt.Errorf("warming up %s: %w", label(name), err)
	}
	return nil
}

func (b *bench) stopServers() error {
	var errs []error
	for _, p := range b.servers {
		errs = append(errs, p.stop())
	}
	return errors.Join(errs...)
}

// measureRound puts every server under each load in turn, so that the servers of one comparison
// are measured within seconds of each other.
func (b *bench) measureRound(ctx context.Context, round int) error {
	order := rotated(b.rivals, round)
	for _, l := range b.loads() {
		for _, name := range order {
			if err := b.measureLoad(ctx, name, l, round); err != nil {
				return fmt.Errorf("%s, %s: %w", label(name), l, err)
			}
		}
	}
	if b.idle == 0 {
		return nil
	}
	for _, kind := range idleKinds {
		for _, name := range order {
			if err := b.measureIdle(ctx, name, kind, round); err != nil {
				return err
			}
		}
	}
	return nil
}

// measureIdle leaves out what nginx would need a configuration of its own for.
func (b *bench) measureIdle(ctx context.Context, name string, kind idleKind, round int) error {
	if name == nginx && kind.label != "" {
		return nil
	}
	each, err := idleMemory(ctx, name, kind, b.idle)
	if err != nil {
		return err
	}
	b.results.add(idleMemKiB, idleLoad(b.idle, kind), name, each.kib)
	if name != nginx { // it is not written in Go
		b.results.add(idleGoroutines, idleLoad(b.idle, kind), name, each.goroutines)
	}
	b.say(round, idleLoad(b.idle, kind), name, fmt.Sprintf("idle: %.2f KiB, %.2f goroutines each", each.kib, each.goroutines))
	return nil
}

func (b *bench) measureLoad(ctx context.Context, name string, l load, round int) error {
	p := b.servers[name]
	before, err := cpuTime(p.pid())
	if err != nil {
		return errors.Join(err, p.alive())
	}
	f, err := b.wrk.run(ctx, p.addr, l, b.lasting)
	if err != nil {
		return errors.Join(err, p.alive())
	}
	after, err := cpuTime(p.pid())
	if err != nil {
		return errors.Join(err, p.alive())
	}
	cpu := float64((after - before).Nanoseconds()) / 1e3 / f.requests
	b.results.add(perSecond, l.String(), name, f.perSecond())
	b.results.add(cpuMicros, l.String(), name, cpu)
	b.results.add(latency50, l.String(), name, f.p50)
	b.results.add(latency99, l.String(), name, f.p99)
	b.say(round, l.String(), name, fmt.Sprintf("%8s requests/s  %6.2f µs CPU  p50 %5.0f µs  p99 %6.0f µs",
		grouped(int(f.perSecond())), cpu, f.p50, f.p99))
	return nil
}

// say tells the waiting user of one measurement, on standard error: the report is for the output.
func (b *bench) say(round int, load, server, figures string) {
	fmt.Fprintf(os.Stderr, "round %d/%d  %-28s  %-8s  %s\n", round+1, b.rounds, load, label(server), figures)
}
