package actors

import (
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A HandlerOption changes how the actors of one [Handler] are made, or how many requests wait for them.
type HandlerOption interface{ setHandler(*Handler) }

type handlerOption func(*Handler)

func (set handlerOption) setHandler(h *Handler) { set(h) }

// handlerSettings are what the options of a handler set. Zero is the default.
type handlerSettings struct {
	name      string
	maxQueue  int
	maxWait   time.Duration
	maxActors int
	idleAfter time.Duration
	optional  bool
	props     []actor.PropsOption
}

// Named is the name of the handler's actors in the log, and the last part of their PIDs: "rooms" makes server/router/rooms,
// and for the key red server/router/rooms/red. Without it, the name is the handler's first pattern.
func Named(name string) HandlerOption {
	if name == "" {
		mistake("Named: the name is empty")
	}
	return handlerOption(func(h *Handler) { h.settings.name = name })
}

// MaxQueue is how many requests may wait for one actor of the handler, instead of Config.MaxQueue; below 0 any number.
// For [Func] and [PerRequest] it is how many wait until one of their actors is free.
func MaxQueue(requests int) HandlerOption {
	return handlerOption(func(h *Handler) { h.settings.maxQueue = requests })
}

// MaxQueueWait is how long a request may have to wait for the handler, instead of Config.MaxQueueWait; below 0 for ever.
func MaxQueueWait(d time.Duration) HandlerOption {
	return handlerOption(func(h *Handler) { h.settings.maxWait = d })
}

// MaxActors is how many actors the handler may have at a time; it is for [PerKey], [PerRequest] and [Func].
func MaxActors(n int) HandlerOption {
	return handlerOption(func(h *Handler) {
		if h.kind == "One" || h.kind == "Pool" {
			mistake("MaxActors is not for %s, which has a fixed number of actors", h.kind)
		}
		if n <= 0 {
			mistake("MaxActors is %d: there has to be at least one", n)
		}
		h.settings.maxActors = n
	})
}

// IdleAfter is how long an actor of [PerKey] may have no request until it is stopped: 5 minutes. Below 0 it is only stopped
// to make room for another one. For [Func] it is how long a goroutine that nobody needs is kept: 10 seconds.
func IdleAfter(d time.Duration) HandlerOption {
	return handlerOption(func(h *Handler) {
		if h.kind != "PerKey" && h.kind != "Func" {
			mistake("IdleAfter is for PerKey and Func, and this is %s", h.kind)
		}
		h.settings.idleAfter = d
	})
}

// Optional has the server be ready without the actors of the handler.
func Optional() HandlerOption { return handlerOption(func(h *Handler) { h.settings.optional = true }) }

// Props changes the props of the handler's actors: receiver middleware, a supervisor for their children. What the
// server needs itself stays as it is: the mailbox, the dispatcher and the guardian.
func Props(options ...actor.PropsOption) HandlerOption {
	return handlerOption(func(h *Handler) { h.settings.props = slices.Concat(h.settings.props, options) })
}
