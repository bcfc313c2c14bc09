// Package handlers measures what comes with the packages handlers and nethttp: files, a proxy, an adapter for net/http
// and server-sent events, beside net/http and nginx.
package handlers

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/cli"
	"github.com/troupe-go/troupe/cmd/bench/internal/process"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/report"
	"github.com/troupe-go/troupe/cmd/bench/report/page"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
	"github.com/troupe-go/troupe/cmd/bench/rivals/nginx"
	"github.com/troupe-go/troupe/cmd/bench/speed/wrk"
)

// options are the flags of handlers.
type options struct {
	cli.Repeating
	page.Publishing
	listeners int
}

// New returns the subcommand handlers.
func New() cli.Subcommand { return &options{} }

// Register registers the flags, with their defaults.
func (o *options) Register(flags *flag.FlagSet) {
	o.RegisterRounds(flags, 5, "medians over them", 2*time.Second, "load is measured")
	o.RegisterWrite(flags, "the tables")
	flags.IntVar(&o.listeners, "listeners", 4000, "`clients` that listen to events at once")
}

// Command returns the command line that repeats it.
func (o *options) Command() string {
	return fmt.Sprintf("handlers --for %s --rounds %d --listeners %d --write", o.Lasting, o.Rounds, o.listeners)
}

// Run measures, tells the figures, and publishes them where it was asked to.
func (o *options) Run(ctx context.Context) (err error) {
	target, err := page.Open(o.Publishing, page.Handlers)
	if err != nil {
		return err
	}
	generator, err := wrk.Find()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, generator.Close()) }()
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the clients share the processors
	f := newFigures(o.listeners)
	if err := o.time(ctx, f, generator); err != nil {
		return err
	}
	for _, name := range listened {
		if f.events[name], err = listen(ctx, name, o.listeners); err != nil {
			return fmt.Errorf("events of %s: %w", roster.Label(name), err)
		}
		fmt.Fprintln(os.Stderr, roster.Label(name), f.events[name])
	}
	fmt.Print(f.tables())
	if err := f.verdict(); err != nil {
		return err
	}
	c := page.Describe(o.Command(), rivals.Software([]string{roster.Troupe, roster.NetHTTP, roster.Nginx}, "wrk "+wrk.Version()))
	return target.Publish(c.Heading(report.MedianRounds(o.Rounds)) + f.tables())
}

// time measures all servers with all tasks, in turns.
func (o *options) time(ctx context.Context, f *figures, generator *wrk.Generator) (err error) {
	running, err := start(ctx)
	defer func() { err = errors.Join(err, running.stop()) }()
	if err != nil {
		return err
	}
	for round := range o.Rounds {
		for _, t := range tasks {
			for _, name := range roster.Rotated(t.servers, round) {
				seen, cpu, err := generator.Cost(ctx, running.of(t, name), t.load, o.Lasting)
				if err != nil {
					return fmt.Errorf("%s of %s: %w", t.name, roster.Label(name), err)
				}
				f.rates.Add(perSecond, t.name, name, seen.PerSecond())
				f.rates.Add(cpuMicros, t.name, name, cpu)
				fmt.Fprintf(os.Stderr, "%-28s %-8s  %9.1f/s  %9.2f µs CPU\n", t.name, roster.Label(name), seen.PerSecond(), cpu)
			}
		}
	}
	return nil
}

// servers are the running servers, by name.
type servers map[string]*process.Process

// start starts all servers, before another that the proxies pass requests on to. The caller must stop the started ones,
// also after an error.
func start(ctx context.Context) (running servers, err error) {
	running = servers{}
	files, err := nginx.StartFiles(ctx)
	if err != nil {
		return running, err
	}
	running[roster.Nginx] = files
	upstream := files.Addr
	if err := os.Setenv(site.UpstreamVariable, "http://"+upstream); err != nil {
		return running, err
	}
	defer os.Unsetenv(site.UpstreamVariable)
	for _, name := range []string{roster.Troupe, roster.NetHTTP} {
		p, err := rivals.StartServing(ctx, name, "handlers")
		if err != nil {
			return running, err
		}
		running[name] = p
	}
	p, err := nginx.StartProxy(ctx, upstream)
	if err == nil {
		running[proxyOfNginx] = p
	}
	return running, err
}

// proxyOfNginx is nginx before nginx.
const proxyOfNginx = "nginx as a proxy"

// of is the server that does a task.
func (s servers) of(t task, name string) *process.Process {
	if t.name == proxied && name == roster.Nginx {
		name = proxyOfNginx
	}
	return s[name]
}

func (s servers) stop() error {
	var errs []error
	for _, p := range s {
		errs = append(errs, p.Stop())
	}
	return errors.Join(errs...)
}
