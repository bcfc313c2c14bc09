package main

import "slices"

// The names of the servers that can be measured, on the command line and in the results.
const (
	troupe   = "troupe"
	netHTTP  = "nethttp"
	fastHTTP = "fasthttp"
	nginx    = "nginx"
)

// serverNames lists all servers that can be measured, in the order in which reports show them.
func serverNames() []string { return []string{troupe, netHTTP, fastHTTP, nginx} }

// label returns the name by which a reader knows a server.
func label(name string) string {
	switch name {
	case troupe:
		return "Troupe"
	case netHTTP:
		return "net/http"
	default:
		return name
	}
}

// rotated returns names beginning n places further on, so that over the rounds each server has every
// place in the order: being measured first or after a particular other favours nobody.
func rotated(names []string, n int) []string {
	n %= len(names)
	return slices.Concat(names[n:], names[:n])
}
