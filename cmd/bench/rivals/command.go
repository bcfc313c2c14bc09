package rivals

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"runtime/pprof"
	"slices"
	"strings"

	"github.com/troupe-go/troupe/cmd/bench/internal/cli"
	"github.com/troupe-go/troupe/cmd/bench/internal/process"
)

// Command serves as one of goRivals. It ends on a signal, or when its standard input ends: a killed bench leaves no
// server behind.
func Command(ctx context.Context, args []string) error {
	if len(args) == 0 || goRivals[args[0]] == nil {
		return cli.Mistake("rival needs one of troupe, nethttp, fasthttp")
	}
	name := args[0]
	flags := cli.NewFlags()
	addr := flags.String("addr", "127.0.0.1:0", "")
	profile := flags.String("cpuprofile", "", "")
	leashed := flags.Bool("until-stdin-ends", false, "")
	what := flags.String("serve", "hello", "")
	if err := cli.ParseFlags(flags, args[1:]); err != nil {
		return cli.Mistake("rival %s: %v; there are --addr HOST:PORT, --serve WHAT and --cpuprofile FILE", name, err)
	}
	serve := goRivals[name][*what]
	if serve == nil {
		return cli.Mistake("rival %s: --serve needs one of %s", name,
			strings.Join(slices.Sorted(maps.Keys(goRivals[name])), ", "))
	}
	if *leashed {
		ctx = process.UntilEnd(ctx, os.Stdin)
	}
	return profiled(*profile, func() error { return serveRival(ctx, serve, *addr) })
}

// serveRival returns nil when ctx ends: the process ends then, and its connections with it.
func serveRival(ctx context.Context, serve func(net.Listener) error, addr string) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	process.Announce(listener.Addr().String())
	failed := make(chan error, 1)
	go func() { failed <- serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("the server stopped serving: %w", err)
	case <-ctx.Done():
		return nil
	}
}

// profiled does work under the CPU profiler, unless file is empty.
func profiled(file string, work func() error) (err error) {
	if file == "" {
		return work()
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return work()
}

// RunOrServe runs the tests of a package that starts rivals, and returns the exit status. Start starts the program
// that calls it, so a test binary must be able to be a rival: call this from TestMain.
func RunOrServe(tests interface{ Run() int }) (status int) {
	if len(os.Args) > 1 && os.Args[1] == CommandName {
		return cli.Main(func(ctx context.Context) error { return Command(ctx, os.Args[2:]) })
	}
	return tests.Run()
}
