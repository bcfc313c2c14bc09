package main

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/troupe-go/troupe/actors"
)

// newRespondCommand makes the command that answers every request alike.
func newRespondCommand(p *process) *cobra.Command {
	o, c := &options{}, &canned{}
	return newServing(p, serving{
		name:     "respond",
		short:    "answer every request with the same response",
		long:     "troupe respond answers every request, of any method and path, with the same response.",
		options:  o,
		settings: append(c.settings(), o.settings()...),
		check:    c.check,
		routes: func(server *actors.Server) ([]routeOf, error) {
			if err := c.load(); err != nil {
				return nil, err
			}
			route := newRoute("/{rest...}", fmt.Sprintf("%d, with %d octets", c.status, len(c.content)), c.handler(),
				actors.StreamBody(), actors.Vital(), actors.HandlerTimeout(-1)) // only --delay makes requests wait
			server.Handle(route.pattern, route.handler, route.options...)
			return []routeOf{route}, nil
		},
	})
}
