// Package speed measures servers in health: requests per second, CPU, latency, and the cost of idle connections.
package speed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/internal/process"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/report"
	"github.com/troupe-go/troupe/cmd/bench/report/page"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
	"github.com/troupe-go/troupe/cmd/bench/speed/idle"
	"github.com/troupe-go/troupe/cmd/bench/speed/wrk"
)

const warmingUp = time.Second

// bench is one run: the servers that are loaded, and what was measured of them so far.
type bench struct {
	options
	wrk     *wrk.Generator
	servers map[string]*process.Process
	results *report.Results
}

// Run measures the servers, tells the figures, and publishes them where it was asked to.
func (o *options) Run(ctx context.Context) (err error) {
	opts := *o
	if runtime.GOOS != "linux" {
		return errors.New("the bench runs on Linux only: it reads CPU and memory of other processes")
	}
	opts.rivals = rivals.Installed(opts.rivals)
	if err := machine.RaiseDescriptorLimit(opts.needsDescriptors()); err != nil {
		return err
	}
	target, err := page.Open(opts.Publishing, page.Performance) // before measuring, so that an unwritable page costs no run
	if err != nil {
		return err
	}
	b := &bench{options: opts, servers: map[string]*process.Process{}, results: newResults(opts)}
	if len(opts.loads()) > 0 {
		if b.wrk, err = wrk.Find(); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, b.wrk.Close()) }()
	}
	if err := b.measure(ctx); err != nil {
		return err
	}
	fmt.Print(b.results.Table())
	c := page.Describe(opts.Command(), rivals.Software(opts.rivals, "wrk "+wrk.Version()))
	return target.Publish(block(b.results, c, opts.rounds), page.Picture{File: chartName, SVG: drawChart(b.results)})
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
			break // idle connections are measured on servers just started
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
	p, err := rivals.Start(ctx, name, b.profile)
	if err != nil {
		return err
	}
	b.servers[name] = p
	if err := load.CheckContent(roster.Label(name), p.Addr); err != nil {
		return err
	}
	_, err = b.wrk.Run(ctx, p.Addr, wrk.Load{Connections: pipelinedConnections, Depth: 1}, warmingUp)
	if err != nil {
		return fmt.Errorf("warming up %s: %w", roster.Label(name), err)
	}
	return nil
}

func (b *bench) stopServers() error {
	var errs []error
	for _, p := range b.servers {
		errs = append(errs, p.Stop())
	}
	return errors.Join(errs...)
}

// measureRound puts every server under each load in turn, so that servers to be compared are measured within seconds
// of each other.
func (b *bench) measureRound(ctx context.Context, round int) error {
	order := roster.Rotated(b.rivals, round)
	for _, l := range b.loads() {
		for _, name := range order {
			if l.Content > 0 && name == roster.Nginx {
				continue // it has nothing that echoes
			}
			if err := b.measureLoad(ctx, name, l, round); err != nil {
				return fmt.Errorf("%s, %s: %w", roster.Label(name), l, err)
			}
		}
	}
	if b.idle == 0 {
		return nil
	}
	for _, kind := range idle.Kinds {
		for _, name := range order {
			if err := b.measureIdle(ctx, name, kind, round); err != nil {
				return err
			}
		}
	}
	return nil
}

// measureIdle skips measurements for which nginx would need a special configuration.
func (b *bench) measureIdle(ctx context.Context, name string, kind idle.Kind, round int) error {
	if name == roster.Nginx && kind.Label != "" {
		return nil
	}
	each, err := idle.Memory(ctx, name, kind, b.idle)
	if err != nil {
		return err
	}
	b.results.Add(idleMemKiB, idleLoad(b.idle, kind), name, each.KiB)
	if name != roster.Nginx { // it is not written in Go
		b.results.Add(idleGoroutines, idleLoad(b.idle, kind), name, each.Goroutines)
	}
	b.say(round, idleLoad(b.idle, kind), name, fmt.Sprintf("idle: %.2f KiB, %.2f goroutines each", each.KiB, each.Goroutines))
	return nil
}

func (b *bench) measureLoad(ctx context.Context, name string, l wrk.Load, round int) error {
	f, cpu, err := b.wrk.Cost(ctx, b.servers[name], l, b.lasting)
	if err != nil {
		return err
	}
	b.results.Add(perSecond, l.String(), name, f.PerSecond())
	b.results.Add(cpuMicros, l.String(), name, cpu)
	b.results.Add(latency50, l.String(), name, f.P50)
	b.results.Add(latency99, l.String(), name, f.P99)
	b.say(round, l.String(), name, fmt.Sprintf("%8s requests/s  %6.2f µs CPU  p50 %5.0f µs  p99 %6.0f µs",
		report.Grouped(int(f.PerSecond())), cpu, f.P50, f.P99))
	return nil
}

// say reports one measurement to the waiting user, on standard error: standard output is for the report.
func (b *bench) say(round int, load, server, figures string) {
	fmt.Fprintf(os.Stderr, "round %d/%d  %-28s  %-8s  %s\n", round+1, b.rounds, load, roster.Label(server), figures)
}
