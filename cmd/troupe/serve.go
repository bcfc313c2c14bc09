package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/console"
)

// serveCommand serves until a signal, then finishes what has begun. A second signal ends it at once.
func serveCommand(args []string, environ variables, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, environ, stdout)
	if errors.Is(err, errHelp) {
		return exitOK
	}
	if err != nil {
		complain(stderr, err.Error()+"; see troupe serve --help")
		return exitUsage
	}
	signals := takeSignals()
	defer signals.release()
	log := console.New(stderr, &console.Options{Level: o.logLevel, JSON: o.logFormat == "json"})
	announcements := console.NewWriter(stdout)
	defer func() { closeAllBefore(time.Now().Add(flushTimeout), announcements, log) }()
	listeners, inherited, err := listen(o, environ)
	if err != nil {
		complain(log, err.Error())
		return exitFailed
	}
	defer closeAll(listeners)

	o.config.Logger = slog.New(log)
	signals.log = o.config.Logger
	environ.warnOfUnknown(o.config.Logger)
	server := newServer(o)
	routes := handle(server, o)
	announce(announcements, listeners, inherited, o, routes)
	select {
	case err := <-serveAll(server, listeners, o):
		shutdown(server, o.drainTimeout, signals) // the others finish what has begun
		return failed(o, log, err)
	case first := <-signals.came:
		signals.begin(first, o.drainTimeout)
	}
	if err := shutdown(server, o.drainTimeout, signals); err != nil {
		return failed(o, log, err)
	}
	return exitOK
}

// serveAll serves on all listeners. Whenever one of them is not served any more, the error comes from the channel.
func serveAll(server *actors.Server, listeners []net.Listener, o options) <-chan error {
	served := make(chan error, len(listeners))
	for _, on := range listeners { // in order, so that the names are right
		wait, err := serve(server, on, o)
		if err != nil {
			served <- err
			break
		}
		go func() { served <- wait() }()
	}
	return served
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

// failed says why the server has ended: on a line of its own, or through the log if that is JSON.
func failed(o options, to *console.Handler, err error) int {
	text := strings.TrimPrefix(err.Error(), "actors: ")
	if o.logFormat != "json" {
		complain(to, text)
		return exitFailed
	}
	attrs := []any{"actor", "server", "error", shown(text)}
	var unfinished *actors.UnfinishedError
	if errors.As(err, &unfinished) {
		names := make([]string, len(unfinished.Actors))
		for i, name := range unfinished.Actors {
			names[i] = actors.Printable(name)
		}
		attrs = append(attrs, "actors", names)
	}
	slog.New(to).Error("failed", attrs...)
	return exitFailed
}

// announce prints where the server is, and its routes.
func announce(w io.Writer, listeners []net.Listener, inherited bool, o options, routes []routeOf) {
	for _, on := range listeners {
		fmt.Fprintf(w, "Server running at %s\n", shown(place(on.Addr(), o)))
	}
	if inherited {
		fmt.Fprintf(w, "  on %d inherited, from LISTEN_FDS; --addr does not count\n", len(listeners))
	}
	for _, r := range routes {
		fmt.Fprintf(w, "  %-28s %s\n", r.pattern, r.about)
	}
}
