package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// serveCommand serves until a signal, finishes what was begun, and ends at once on a second one.
func serveCommand(args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, getenv, stdout)
	if errors.Is(err, errHelp) {
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(stderr, "troupe: %v; see troupe serve --help\n", err)
		return exitUsage
	}
	listeners, inherited, err := listen(o, getenv)
	if err != nil {
		fmt.Fprintf(stderr, "troupe: %v\n", err)
		return exitFailed
	}
	defer closeAll(listeners)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)

	server := newServer(o, stderr)
	routes := handle(server, o)
	announce(stdout, listeners, inherited, o, routes)
	served := make(chan error, len(listeners))
	for _, on := range listeners {
		go func() { served <- serve(server, on, o) }()
	}
	select {
	case err := <-served:
		fmt.Fprintf(stderr, "troupe: %v\n", err)
		return exitFailed
	case <-signals:
	}
	return shutdown(server, o.drainTimeout, signals, stderr)
}

func newServer(o options, stderr io.Writer) *actors.Server {
	config := o.config
	config.Logger, config.Proxies = newLogger(stderr, o.logLevel, o.logFormat), o.proxies
	return actors.NewServer(config)
}

// shutdown drains the server; a second signal, or the deadline, ends it with exit status 1.
func shutdown(server *actors.Server, timeout time.Duration, signals <-chan os.Signal, stderr io.Writer) int {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	go func() {
		<-signals
		cancel()
	}()
	if err := server.Shutdown(ctx); err != nil {
		fmt.Fprintf(stderr, "troupe: %s\n", strings.TrimPrefix(err.Error(), "actors: "))
		return exitFailed
	}
	return exitOK
}

// announce says where the server can be found, and what is there.
func announce(w io.Writer, listeners []net.Listener, inherited bool, o options, routes []routeOf) {
	for _, on := range listeners {
		fmt.Fprintf(w, "Server running at %s\n", place(on.Addr(), o))
	}
	if inherited {
		fmt.Fprintf(w, "  on %d inherited, from LISTEN_FDS; --addr does not count\n", len(listeners))
	}
	for _, r := range routes {
		fmt.Fprintf(w, "  %-28s %s\n", r.pattern, r.about)
	}
}
