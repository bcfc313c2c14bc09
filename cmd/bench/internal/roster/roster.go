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

// Label returns the name of a server for readers.
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

// Rotated returns names beginning n places further on. Over the rounds each server then has every place in the order,
// so that the order favours nobody.
func Rotated(names []string, n int) []string {
	n %= len(names)
	return slices.Concat(names[n:], names[:n])
}
