package actors

import (
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A readiness knows which handlers have been there at least once: those whose actors have got through Started. A server is
// ready when all have that are not Optional. A handler that fails later does not take that back: one route that fails
// everywhere would take every server out of its load balancer.
type readiness struct {
	log     *actorLog
	missing atomic.Int32 // actors that the server waits for
	awaited []*presence  // all of those; they do not change while the server serves
	begun   time.Time
}

// A presence is what is known of an actor that a handler has from the beginning, so far.
type presence struct {
	of     *handler
	counts bool // the server waits for it; not for one that came while it served
	bits   atomic.Uint32
}

// readyWarning is how long handlers may take until the log says which are missing, and how often it does.
const readyWarning = time.Second

// begin waits for the actors that handlers have from the beginning, for as long as the server does not end.
func (r *readiness) begin(handlers []*handler, ended func() bool) {
	r.begun = time.Now()
	for _, handler := range handlers {
		if !handler.isAwaited() {
			continue
		}
		for _, at := range handler.placement.(*pool).places {
			at.presence.counts = true
			r.awaited = append(r.awaited, at.presence)
		}
	}
	if r.missing.Add(int32(len(r.awaited))); len(r.awaited) == 0 {
		return // a server without such handlers has nothing to say
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

// isAwaited reports whether the server is not ready without the actors of a handler.
func (h *handler) isAwaited() bool {
	_, fixed := h.placement.(*pool)
	return fixed && !h.spec.settings.optional
}

// What has to be known of an actor before requests can be answered.
const (
	hasStarted uint32 = 1 << iota // it has got through Started
	isKnown                       // to the router
	isThere    = hasStarted | isKnown
)

// note notes one of these. It may be noted again.
func (r *readiness) note(of *presence, what uint32) {
	before := of.bits.Or(what)
	if before == isThere || before|what != isThere || !of.counts || r.missing.Add(-1) > 0 {
		return
	}
	r.log.info(&actor.PID{Id: serverName}, "ready", slog.Duration("after", time.Since(r.begun).Round(time.Microsecond)))
}

func (r *readiness) complete() bool { return r.missing.Load() == 0 }

// waitsFor are the names of the handlers that are missing.
func (r *readiness) waitsFor() (names []string) {
	for _, at := range r.awaited {
		if at.bits.Load() != isThere && !slices.Contains(names, at.of.name) {
			names = append(names, at.of.name)
		}
	}
	return names
}
