package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"runtime/pprof"
	"slices"
	"strings"
)

// What every peer answers to GET /, besides the fields that it adds by default.
const (
	greeting     = "Hello, World!\n"
	greetingType = "text/plain; charset=utf-8"
)

// listening is the line by which a peer says that it can be connected to; the address follows.
const listening = "listening on "

// goPeers are the servers that this very program can be, by their names on the command line, and
// what each can serve.
var goPeers = map[string]map[string]func(net.Listener) error{
	"troupe": {"hello": serveTroupe, "tls": serveTroupeTLS, "proxied": serveTroupeProxied, "work": serveTroupeWork,
		"crash": serveCrash, "slow": serveSlow, "soak": serveSoak, "memory": serveMemory, "memory-tls": serveMemoryTLS,
		"memory-proxied": serveMemoryProxied, "poison": servePoison, "fair": serveFair},
	"nethttp": {"hello": serveNetHTTP, "tls": serveNetHTTPTLS, "proxied": serveNetHTTPProxied, "work": serveNetHTTPWork,
		"memory": serveNetHTTPMemory, "memory-tls": serveNetHTTPMemoryTLS, "poison": serveNetHTTPPoison, "fair": serveNetHTTPWork},
	"fasthttp": {"hello": serveFastHTTP, "tls": serveFastHTTPTLS, "proxied": serveFastHTTPProxied, "work": serveFastHTTPWork},
}

// peerNames are all servers that can be measured, in the order in which reports show them.
func peerNames() []string { return []string{"troupe", "nethttp", "fasthttp", "nginx"} }

// peerLabel is how a reader knows a server.
func peerLabel(name string) string {
	switch name {
	case "troupe":
		return "Troupe"
	case "nethttp":
		return "net/http"
	default:
		return name
	}
}

// peerCommand serves as one of goPeers. It ends upon a signal, or when its
// standard input ends: a bench that was killed leaves no server behind.
func peerCommand(ctx context.Context, args []string) error {
	if len(args) == 0 || goPeers[args[0]] == nil {
		return &usageError{"peer needs one of troupe, nethttp, fasthttp"}
	}
	name := args[0]
	flags := newFlags()
	addr := flags.String("addr", "127.0.0.1:0", "")
	profile := flags.String("cpuprofile", "", "")
	leashed := flags.Bool("until-stdin-ends", false, "")
	what := flags.String("serve", "hello", "")
	if err := parseFlags(flags, args[1:]); err != nil {
		return &usageError{fmt.Sprintf("peer %s: %v; there are --addr HOST:PORT, --serve WHAT and --cpuprofile FILE", name, err)}
	}
	serve := goPeers[name][*what]
	if serve == nil {
		return &usageError{fmt.Sprintf("peer %s: --serve needs one of %s", name,
			strings.Join(slices.Sorted(maps.Keys(goPeers[name])), ", "))}
	}
	if *leashed {
		ctx = untilEnd(ctx, os.Stdin)
	}
	return profiled(*profile, func() error { return servePeer(ctx, serve, *addr) })
}

// servePeer returns nil when ctx ends: the process ends with it, and takes its connections along.
func servePeer(ctx context.Context, serve func(net.Listener) error, addr string) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Println(listening + listener.Addr().String())
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

// untilEnd is ctx, ending also when r does. Until then it answers what is asked there.
func untilEnd(ctx context.Context, r io.Reader) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		tellGoroutines(r) // an error is an end like any other
	}()
	return ctx
}

// addressIn finds the address in the line by which a peer says that it listens.
func addressIn(line string) (string, error) {
	if line == "" {
		return "", errors.New("it ended before it listened")
	}
	addr, found := strings.CutPrefix(strings.TrimSpace(line), listening)
	if !found {
		return "", fmt.Errorf("expected %q and an address, got %q", listening, line)
	}
	return addr, nil
}

// rotated is names beginning n places further on, so that over the rounds each server has every
// place in the order: being measured first or after a particular other favours nobody.
func rotated(names []string, n int) []string {
	n %= len(names)
	return slices.Concat(names[n:], names[:n])
}
