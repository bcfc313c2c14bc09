package actors

import (
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A readiness knows which handlers have been there at least once: those that have got through Started. A server is
// ready when all have whose routes are not Optional. A handler that fails later does not take that back: one route
// that fails everywhere would take every server out of its load balancer.
type readiness struct {
	log     *actorLog
	missing atomic.Int32 // handlers that the server waits for
	routes  []*route     // all; it does not change while the server serves
	begun   time.Time
}

// Optional has the server be ready without the route's handler.
func Optional() RouteOption { return func(r *route) { r.optional = true } }

// readyWarning is how long handlers may take until the log says which are missing, and how often it does.
const readyWarning = time.Second

// begin waits for the handlers of all routes, for as long as the server does not end.
func (r *readiness) begin(routes []*route, ended func() bool) {
	r.routes, r.begun = routes, time.Now()
	for _, route := range routes {
		if !route.optional {
			r.missing.Add(1)
		}
	}
	if r.missing.Load() == 0 {
		return // a server without routes has nothing to say
	}
	var warn func()
	warn = func() {
		if r.complete() || ended() {
			return
		}
		r.log.warn(&actor.PID{Id: serverName}, "not ready: waiting for handlers", slog.Any("routes", r.waitsFor()))
		time.AfterFunc(quietTime, warn)
	}
	time.AfterFunc(readyWarning, warn)
}

// What has to be known of a handler before requests can be answered.
const (
	hasStarted uint32 = 1 << iota // it has got through Started
	isKnown                       // to the router
	isThere    = hasStarted | isKnown
)

// note notes one of these. It may be noted again.
func (r *readiness) note(of *route, what uint32) {
	before := of.presence.Or(what)
	if before == isThere || before|what != isThere || of.optional || r.missing.Add(-1) > 0 {
		return
	}
	r.log.info(&actor.PID{Id: serverName}, "ready", slog.Duration("after", time.Since(r.begun).Round(time.Microsecond)))
}

func (r *readiness) complete() bool { return r.missing.Load() == 0 }

// waitsFor are the patterns of the routes whose handlers are missing.
func (r *readiness) waitsFor() (patterns []string) {
	for _, route := range r.routes {
		if !route.optional && route.presence.Load() != isThere {
			patterns = append(patterns, route.pattern.text)
		}
	}
	return patterns
}
