package actors

import (
	"math"
	"time"
)

// A RouteOption changes how one route treats its requests.
type RouteOption func(*route)

// StreamBody has the handler get each request as soon as its head is there. It pulls the content
// itself (see [Request.ReadBody]), in bounded memory and without a limit on its size, unless MaxBody
// sets one.
func StreamBody() RouteOption { return func(r *route) { r.streams = true } }

// MaxBody limits the content of the route's requests to so many octets, instead of the server's
// limit; below 0 none is allowed, and 0 is the server's limit. More is a 413.
func MaxBody(octets int64) RouteOption { return func(r *route) { r.maxBody = octets } }

// HandlerTimeout is how long the route's handler may take to answer, instead of the server's timeout;
// below 0 for ever.
func HandlerTimeout(d time.Duration) RouteOption { return func(r *route) { r.timeout = d } }

// MaxQueue is how many requests may wait for the route's handler, instead of the server's limit; below 0
// any number.
func MaxQueue(requests int) RouteOption { return func(r *route) { r.queue.limit = requests } }

// MaxQueueWait is how long a request may have to wait for the route's handler, instead of the server's
// limit; below 0 for ever.
func MaxQueueWait(d time.Duration) RouteOption { return func(r *route) { r.queue.maxWait = d } }

// Vital exempts the route from MaxQueue and MaxQueueWait: it is for what has to be answered under any
// load, such as a health check.
func Vital() RouteOption { return func(r *route) { r.vital = true } }

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

// withDefaults sets what no option has set.
func (r *route) withDefaults() {
	config := &r.env.config
	if r.timeout == 0 {
		r.timeout = config.HandlerTimeout
	}
	if r.queue.limit == 0 {
		r.queue.limit = config.MaxQueue
	}
	if r.queue.maxWait == 0 {
		r.queue.maxWait = config.MaxQueueWait
	}
	r.queue.setUp(r.queue.limit, r.queue.maxWait, r.timeout)
}
