package actors

import (
	"math"
	"time"
)

// A RouteOption changes how the requests of one route are treated.
type RouteOption interface{ setRoute(*route) }

type routeOption func(*route)

func (set routeOption) setRoute(r *route) { set(r) }

// Options makes one option of several, for a function that returns what a route needs.
func Options(options ...RouteOption) RouteOption {
	for _, option := range options {
		if option == nil {
			mistake("Options: an option is nil")
		}
	}
	return routeOption(func(r *route) {
		for _, option := range options {
			option.setRoute(r)
		}
	})
}

// StreamBody gives the handler each request as soon as its head has arrived. The handler pulls the content itself
// (see [Request.ReadBody]), in bounded memory and without a limit on its size, unless MaxBody sets one.
func StreamBody() RouteOption { return routeOption(func(r *route) { r.streams = true }) }

// MaxBody limits the content of the route's requests, in octets, instead of Config.Limits.Body; below 0 none is
// allowed, and 0 means the server's limit. More is answered 413.
func MaxBody(octets int64) RouteOption { return routeOption(func(r *route) { r.maxBody = octets }) }

// HandlerTimeout sets how long the route's handler may take to answer, instead of Config.HandlerTimeout; below 0 for
// ever.
func HandlerTimeout(d time.Duration) RouteOption {
	return routeOption(func(r *route) { r.timeout = d })
}

// Vital exempts the requests of the route from MaxQueue and MaxQueueWait. Use it for routes that must answer under
// any load, such as a health check.
func Vital() RouteOption { return routeOption(func(r *route) { r.vital = true }) }

// Quiet leaves the exchanges of the route out of the log, unless the server fails: for a health check, for example.
func Quiet() RouteOption { return routeOption(func(r *route) { r.quiet = true }) }

// bodyLimit is how many octets of content the route takes.
func (r *route) bodyLimit(otherwise int64) int64 {
	switch {
	case r == nil || r.maxBody == 0 && !r.streams:
		return otherwise
	case r.maxBody == 0:
		return math.MaxInt64
	}
	return r.maxBody
}
