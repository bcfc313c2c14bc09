package main

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/troupe-go/troupe/actors"
)

// newServeCommand makes the command that serves the routes of this program.
func newServeCommand(p *process) *cobra.Command {
	o := &options{}
	return newServing(p, serving{
		name:      "serve",
		short:     "serve the routes of this program; troupe alone does the same",
		long:      "troupe serve runs the server until it is interrupted. With DIR it serves that directory.",
		options:   o,
		settings:  serveSettings(o),
		arguments: serveArguments,
		routes:    func(server *actors.Server) ([]routeOf, error) { return handle(server, *o) },
	})
}

var serveArguments = arguments{{setting: "root", word: "DIR", check: notAWord}}

// serveSettings are the settings of troupe serve.
func serveSettings(o *options) settings {
	return slices.Concat(
		group("Routes", newSwitch("demo", &o.demo, "add routes under /demo/ that keep state, crash and dawdle")),
		o.site.settings(),
		o.settings())
}
