package actors

import "math"

// A RouteOption changes how one route treats its requests.
type RouteOption func(*route)

// StreamBody has the handler get each request as soon as its head is there. It pulls the content
// itself (see [Request.ReadBody]), in bounded memory and without a limit on its size, unless MaxBody
// sets one.
func StreamBody() RouteOption { return func(r *route) { r.streams = true } }

// MaxBody limits the content of the route's requests to so many octets, instead of the server's
// limit; below 0 none is allowed. More is a 413.
func MaxBody(octets int64) RouteOption { return func(r *route) { r.maxBody = octets } }

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
