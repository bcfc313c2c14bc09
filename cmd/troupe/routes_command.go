package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"math"

	"github.com/spf13/cobra"
	"github.com/troupe-go/troupe/actors"
)

// newRoutesCommand makes the command that prints the routes that troupe serve would have, and serves nothing.
func newRoutesCommand(p *process) *cobra.Command {
	o, asJSON := &options{}, false
	all := append(routesSettings(&asJSON), serveSettings(o)...)
	c := &cobra.Command{
		Use:               "routes [flags]" + serveArguments.usage(),
		Short:             "print the routes that troupe serve has with these settings",
		Long:              "troupe routes prints the routes that troupe serve has with the same settings, and serves nothing.",
		Args:              serveArguments.takenBy(all),
		ValidArgsFunction: serveArguments.completedBy(all),
		RunE: func(*cobra.Command, []string) error {
			if err := o.read(all, p.environ); err != nil {
				return err
			}
			list, err := routesOf(*o)
			if err != nil {
				return all.told(err)
			}
			p.complainOfUnknown()
			if asJSON {
				return printRoutesAsJSON(p.stdout, list)
			}
			printRoutes(p.stdout, list)
			return nil
		},
	}
	all.define(c)
	return c
}

// routesSettings are the settings that only troupe routes has.
func routesSettings(asJSON *bool) settings {
	return group("This list", newSwitch("json", asJSON, "print it as JSON"))
}

// routesOf returns the routes of a server that serves nothing.
func routesOf(o options) ([]actors.RouteInfo, error) {
	o.config.Logger = slog.New(slog.DiscardHandler)
	server := actors.NewServer(o.config)
	defer server.Close()
	if _, err := handle(server, o); err != nil {
		return nil, err
	}
	return server.Routes(), nil
}

// A listedRoute is a route as JSON.
type listedRoute struct {
	Pattern   string   `json:"pattern"`
	Handler   string   `json:"handler"`
	Placement string   `json:"placement"`
	Key       string   `json:"key,omitempty"`
	Before    []string `json:"before,omitempty"`
	After     []string `json:"after,omitempty"`
	Stream    bool     `json:"stream"` // the handler pulls the content
	Vital     bool     `json:"vital"`
	Quiet     bool     `json:"quiet"`
	MaxBody   *int64   `json:"maxBody"` // octets; null for any number
	Timeout   *float64 `json:"timeout"` // seconds; null for ever
}

func printRoutesAsJSON(w io.Writer, list []actors.RouteInfo) error {
	all := make([]listedRoute, len(list))
	for i, r := range list {
		all[i] = listedRoute{Pattern: r.Pattern, Handler: r.Handler, Placement: r.Placement, Key: r.Key, Before: r.Before, After: r.After,
			Stream: r.StreamBody, Vital: r.Vital, Quiet: r.Quiet}
		if r.MaxBody != math.MaxInt64 {
			all[i].MaxBody = new(max(r.MaxBody, 0))
		}
		if r.Timeout >= 0 {
			all[i].Timeout = new(r.Timeout.Seconds())
		}
	}
	to := json.NewEncoder(w)
	to.SetEscapeHTML(false)
	to.SetIndent("", "  ")
	return to.Encode(all)
}
