package placements

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/process"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/report"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
	"github.com/troupe-go/troupe/cmd/bench/speed/wrk"
)

// keys is how many paths are requested in turn, from every contestant.
const keys = 1000

// A contestant is a route of a server.
type contestant struct{ name, server, path string }

// contestants are in the order of the report.
var contestants = []contestant{
	{"One", roster.Troupe, site.OnePath},
	{fmt.Sprintf("Pool, %d actors", site.PoolActors), roster.Troupe, site.PoolPath},
	{"PerRequest", roster.Troupe, site.RequestPath},
	{"PerKey, " + report.Grouped(keys) + " keys", roster.Troupe, site.KeyPath},
	{"Func", roster.Troupe, site.FuncPath},
	{"net/http", roster.NetHTTP, site.FuncPath},
	{"fasthttp", roster.FastHTTP, site.FuncPath},
}

func names() []string {
	var all []string
	for _, c := range contestants {
		all = append(all, c.name)
	}
	return all
}

// named is the contestant of that name.
func named(name string) contestant {
	for _, c := range contestants {
		if c.name == name {
			return c
		}
	}
	panic("there is no contestant " + name)
}

// servers are the running servers, by name.
type servers map[string]*process.Process

// start starts all servers, and checks that every contestant answers. The caller must stop the started ones, also
// after an error.
func start(ctx context.Context) (servers, error) {
	running := servers{}
	for _, name := range []string{roster.Troupe, roster.NetHTTP, roster.FastHTTP} {
		p, err := rivals.StartServing(ctx, name, "placements")
		if err != nil {
			return running, err
		}
		running[name] = p
	}
	for _, c := range contestants {
		if err := greets(ctx, running[c.server].Addr, c.path); err != nil {
			return running, fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return running, nil
}

// greets fails unless the server gives the common answer for two keys.
func greets(ctx context.Context, addr, path string) error {
	v := &load.Visitor{Addr: addr}
	defer v.Close()
	for key := range 2 {
		r, err := v.Ask(ctx, load.Get(fmt.Sprintf("%s%d", path, key+1)), time.Now().Add(patience))
		if err != nil {
			return err
		}
		if r.Status != 200 || r.Body != site.Greeting {
			return fmt.Errorf("the answer is %d with %q, not 200 with %q", r.Status, r.Body, site.Greeting)
		}
	}
	return nil
}

func (s servers) stop() error {
	var errs []error
	for _, p := range s {
		errs = append(errs, p.Stop())
	}
	return errors.Join(errs...)
}

// rate loads one contestant for a while.
func (f *figures) rate(ctx context.Context, generator *wrk.Generator, running servers, name string, lasting time.Duration) error {
	c := named(name)
	asked := wrk.Load{Connections: clients, Depth: 1, Path: c.path, Keys: keys}
	seen, cpu, err := generator.Cost(ctx, running[c.server], asked, lasting)
	if err != nil {
		return err
	}
	f.rates.Add(perSecond, "", name, seen.PerSecond())
	f.rates.Add(cpuMicros, "", name, cpu)
	fmt.Fprintf(os.Stderr, "%-18s  %8s requests/s  %6.2f µs CPU\n", name, report.Grouped(int(seen.PerSecond())), cpu)
	return nil
}
