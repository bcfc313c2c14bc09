package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
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
	signals := takeSignals()
	defer signals.release()

	o.config.Logger = newLogger(stderr, o.logLevel, o.logFormat)
	signals.log = o.config.Logger
	server := newServer(o)
	routes := handle(server, o)
	announce(stdout, listeners, inherited, o, routes)
	served := make(chan error, len(listeners))
	for _, on := range listeners {
		go func() { served <- serve(server, on, o) }()
	}
	select {
	case err := <-served:
		shutdown(server, o.drainTimeout, signals) // the others finish what they have begun
		return failed(o, stderr, err)
	case first := <-signals.came:
		signals.begin(first, o.drainTimeout)
	}
	if err := shutdown(server, o.drainTimeout, signals); err != nil {
		return failed(o, stderr, err)
	}
	return exitOK
}

func newServer(o options) *actors.Server {
	config := o.config
	config.Proxies = o.proxies
	return actors.NewServer(config)
}

// shutdown drains the server. A second signal, or the deadline, ends it with an error.
func shutdown(server *actors.Server, timeout time.Duration, signals *signals) error {
	late := fmt.Errorf("--drain-timeout %v is over", timeout)
	ctx, cancel := context.WithTimeoutCause(context.Background(), timeout, late)
	defer cancel()
	ctx, hurry := context.WithCancelCause(ctx)
	go func() { hurry(signals.hurry()) }()
	return server.Shutdown(ctx)
}

// failed says why the server has ended: on a line of its own, or as the log does if machines read that.
func failed(o options, stderr io.Writer, err error) int {
	text := strings.TrimPrefix(err.Error(), "actors: ")
	if o.logFormat != "json" {
		fmt.Fprintf(stderr, "troupe: %s\n", text)
		return exitFailed
	}
	attrs := []any{"actor", "server", "error", text}
	var unfinished *actors.UnfinishedError
	if errors.As(err, &unfinished) {
		attrs = append(attrs, "actors", unfinished.Actors)
	}
	o.config.Logger.Error("failed", attrs...)
	return exitFailed
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
