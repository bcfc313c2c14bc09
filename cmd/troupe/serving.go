package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/console"
)

// A serving is a command that serves until a signal comes.
type serving struct {
	name, short, long string
	options           *options
	settings          settings // those of the options, and its own
	arguments         arguments
	check             func() error // finds own settings that make no sense together; nil if there is nothing to find
	routes            func(*actors.Server) ([]routeOf, error)
}

// newServing makes the command.
func newServing(p *process, s serving) *cobra.Command {
	c := &cobra.Command{
		Use:               s.name + " [flags]" + s.arguments.usage(),
		Short:             s.short,
		Long:              s.long,
		Args:              s.arguments.takenBy(s.settings),
		ValidArgsFunction: s.arguments.completedBy(s.settings),
		RunE: func(*cobra.Command, []string) error {
			if err := s.read(p.environ); err != nil {
				return err
			}
			p.status = s.run(p)
			return nil
		},
	}
	s.settings.define(c)
	return c
}

// read reads the settings.
func (s *serving) read(environ variables) error {
	if err := s.options.read(s.settings, environ); err != nil || s.check == nil {
		return err
	}
	return s.settings.told(s.check())
}

// run serves until a signal, then finishes what has begun. A second signal ends it at once.
func (s *serving) run(p *process) (status int) {
	o := s.options
	signals := takeSignals()
	defer signals.release()
	log := console.New(p.stderr, &console.Options{Level: o.logLevel, JSON: o.logFormat == "json"})
	announcements := console.NewWriter(p.stdout)
	defer func() { closeAllBefore(time.Now().Add(flushTimeout), announcements, log) }()
	o.config.Logger = slog.New(log)
	signals.log = o.config.Logger
	all, certs, err := s.prepare(p, announcements)
	if err != nil {
		complain(log, s.settings.told(err).Error())
		return exitFailed
	}
	defer all.close()
	defer certs.end()
	if err := all.run(o.drainTimeout, signals); err != nil {
		return failed(*o, log, err)
	}
	return exitOK
}

// prepare listens, announces that, and begins to get certificates if there are to be some. The server gets its routes
// before, so that nobody finds one that cannot serve.
func (s *serving) prepare(p *process, announcements io.Writer) (services, *certificates, error) {
	o := s.options
	certs, err := o.acme.certificates(o.config.Logger)
	if err != nil {
		return nil, nil, err
	}
	if certs != nil {
		o.config.TLS = certs.tlsConfig()
	}
	server := actors.NewServer(o.config)
	routes, err := s.routes(server)
	if err != nil {
		return nil, nil, err
	}
	on, err := listen(*o, p.environ)
	if err != nil {
		return nil, nil, err
	}
	p.environ.warnOfUnknown(o.config.Logger)
	announce(announcements, on, *o, routes)
	certs.begin(on)
	return servicesOf(server, on, *o, certs), certs, nil
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
func announce(w io.Writer, on listeners, o options, routes []routeOf) {
	for _, one := range on.all {
		fmt.Fprintf(w, "Server running at %s\n", shown(place(one.Addr(), o.secure())))
	}
	if on.inherited {
		fmt.Fprintf(w, "  on %d inherited, from LISTEN_FDS; --addr does not count\n", len(on.all))
	}
	if on.redirect != nil {
		fmt.Fprintf(w, "  redirecting to it from %s\n", shown(place(on.redirect.Addr(), false)))
	}
	for _, r := range routes {
		fmt.Fprintf(w, "  %-28s %s\n", r.pattern, shown(r.about))
	}
}
