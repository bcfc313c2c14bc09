package main

import (
	"time"

	"github.com/spf13/cobra"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// newProxyCommand makes the command that passes every request on to another server.
func newProxyCommand(p *process) *cobra.Command {
	o, f := &options{}, &forwarding{}
	all := append(f.settings(), o.settings()...)
	return newServing(p, serving{
		name:      "proxy",
		short:     "pass every request on to another server",
		long:      "troupe proxy listens on FROM, as --addr says it, and passes every request on to the server TO.",
		options:   o,
		settings:  all,
		arguments: arguments{{setting: "addr", word: "FROM"}, {setting: "to", word: "TO"}},
		check:     func() error { return f.check(o.addr) },
		routes:    func(server *actors.Server) ([]routeOf, error) { return f.routes(server, o, all) },
	})
}

// routes gives the server its routes, as the settings say.
func (f *forwarding) routes(server *actors.Server, o *options, all settings) ([]routeOf, error) {
	timeout := time.Duration(-1) // --response-timeout counts, and content may take its time
	if all.find("handler-timeout").origin != (origin{}) {
		timeout = o.config.HandlerTimeout
	}
	return f.handle(server, timeout, o.config.MaxConnections)
}

// handle gives the server its routes.
func (f *forwarding) handle(server *actors.Server, timeout time.Duration, most int) (routes []routeOf, err error) {
	target, err := targetOf(f.to)
	if err != nil {
		return nil, err
	}
	forward, err := handlers.Proxy(target.String(), handlers.ProxyOptions{
		ConnectTimeout: f.connectTimeout, ResponseTimeout: f.responseTimeout, PreserveHost: f.preserveHost,
		Trusted: f.trusted, Change: f.headers.setIn,
	}, actors.MaxActors(most))
	if err != nil {
		return nil, err
	}
	if f.health != "" {
		routes = append(routes, newRoute("GET "+f.health, "whether it takes new connections", handlers.Ready(server), actors.Vital()))
	}
	routes = append(routes, newRoute("/", "to "+target.String(), forward, actors.StreamBody(), actors.HandlerTimeout(timeout)))
	for _, r := range routes {
		server.Handle(r.pattern, r.handler, r.options...)
	}
	return routes, nil
}
