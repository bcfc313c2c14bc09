package main

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
)

// rivalCommandName is the command of the bench that is a server.
const rivalCommandName = "rival"

// rivalCommand serves as one of goRivals. It ends upon a signal, or when its
// standard input ends: a bench that was killed leaves no server behind.
func rivalCommand(ctx context.Context, args []string) error {
	if len(args) == 0 || goRivals[args[0]] == nil {
		return usageMistake("rival needs one of troupe, nethttp, fasthttp")
	}
	name := args[0]
	flags := newFlags()
	addr := flags.String("addr", "127.0.0.1:0", "")
	profile := flags.String("cpuprofile", "", "")
	leashed := flags.Bool("until-stdin-ends", false, "")
	what := flags.String("serve", "hello", "")
	if err := parseFlags(flags, args[1:]); err != nil {
		return usageMistake("rival %s: %v; there are --addr HOST:PORT, --serve WHAT and --cpuprofile FILE", name, err)
	}
	serve := goRivals[name][*what]
	if serve == nil {
		return usageMistake("rival %s: --serve needs one of %s", name,
			strings.Join(slices.Sorted(maps.Keys(goRivals[name])), ", "))
	}
	if *leashed {
		ctx = untilEnd(ctx, os.Stdin)
	}
	return profiled(*profile, func() error { return serveRival(ctx, serve, *addr) })
}

// serveRival returns nil when ctx ends: the process ends with it, and takes its connections along.
func serveRival(ctx context.Context, serve func(net.Listener) error, addr string) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	announce(listener.Addr().String())
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
