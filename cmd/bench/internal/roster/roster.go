// Package roster names the servers that can be measured.
package roster

import "slices"

// The names of the servers that can be measured, on the command line and in the results.
const (
	Troupe   = "troupe"
	NetHTTP  = "nethttp"
	FastHTTP = "fasthttp"
	Nginx    = "nginx"
)

// Names lists all servers that can be measured, in the order in which reports show them.
func Names() []string { return []string{Troupe, NetHTTP, FastHTTP, Nginx} }

// Label returns the name by which a reader knows a server.
func Label(name string) string {
	switch name {
	case Troupe:
		return "Troupe"
	case NetHTTP:
		return "net/http"
	default:
		return name
	}
}

// Rotated returns names beginning n places further on, so that over the rounds each server has every
// place in the order: being measured first or after a particular other favours nobody.
func Rotated(names []string, n int) []string {
	n %= len(names)
	return slices.Concat(names[n:], names[:n])
}
