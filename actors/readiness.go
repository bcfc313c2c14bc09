package actors

import (
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A readiness knows which handlers have started at least once: all their actors have handled Started. A server is
// ready when every handler that is not Optional has. A later failure does not undo this: otherwise one route that
// fails everywhere would take every server out of its load balancer.
type readiness struct {
	log     *actorLog
	missing atomic.Int32 // actors that the server waits for
	awaited []*presence  // all of them; unchanged while the server serves
	begun   time.Time
}

// A presence says whether an actor that a handler has from the beginning has started.
type presence struct {
	of     *handler
	counts bool // the server waits for it; false if it was added later
	bits   atomic.Uint32
}

// readyWarning is how long handlers may take to start before the log says which are missing.
const readyWarning = time.Second

// begin begins to wait for the actors that handlers have from the beginning, and warns until all are there or the
// server ends.
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
		return // nothing to log for a server without such handlers
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

// isAwaited reports whether the server needs the actors of the handler to be ready.
func (h *handler) isAwaited() bool {
	_, fixed := h.placement.(*pool)
	return fixed && !h.spec.settings.optional
}

// Both must be true of an actor before it can answer requests.
const (
	hasStarted uint32 = 1 << iota // it has handled Started
	isKnown                       // the router knows it
	isThere    = hasStarted | isKnown
)

// note notes one of these. It may be called again.
func (r *readiness) note(of *presence, what uint32) {
	before := of.bits.Or(what)
	if before == isThere || before|what != isThere || !of.counts || r.missing.Add(-1) > 0 {
		return
	}
	r.log.info(&actor.PID{Id: serverName}, "ready", slog.Duration("after", time.Since(r.begun).Round(time.Microsecond)))
}

// drop no longer waits for the actors of a handler that has no route any more.
func (r *readiness) drop(h *handler) {
	for _, at := range r.awaited {
		if at.of == h {
			r.note(at, isThere)
		}
	}
}

func (r *readiness) complete() bool { return r.missing.Load() == 0 }

// waitsFor lists the names of the missing handlers.
func (r *readiness) waitsFor() (names []string) {
	for _, at := range r.awaited {
		if at.bits.Load() != isThere && !slices.Contains(names, at.of.name) {
			names = append(names, at.of.name)
		}
	}
	return names
}
