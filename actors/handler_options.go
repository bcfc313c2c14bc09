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

// handlerSettings are the options of a handler. Zero is the default.
type handlerSettings struct {
	name      string
	maxQueue  int
	maxWait   time.Duration
	maxActors int
	idleAfter time.Duration
	optional  bool
	props     []actor.PropsOption
}

// Named sets the name of the handler's actors in the log, which is also the last part of their PIDs: "rooms" makes
// server/router/rooms, and for the key red server/router/rooms/red. Without it, the name is the handler's first
// pattern.
func Named(name string) HandlerOption {
	if name == "" {
		mistake("Named: the name is empty")
	}
	return handlerOption(func(h *Handler) { h.settings.name = name })
}

// MaxQueue sets how many requests may wait for one actor of the handler, instead of Config.MaxQueue; below 0 any
// number. For [Func] and [PerRequest] it limits how many requests wait until one of their actors is free.
func MaxQueue(requests int) HandlerOption {
	return handlerOption(func(h *Handler) { h.settings.maxQueue = requests })
}

// MaxQueueWait sets how long a request may wait for the handler, instead of Config.MaxQueueWait; below 0 for ever.
func MaxQueueWait(d time.Duration) HandlerOption {
	return handlerOption(func(h *Handler) { h.settings.maxWait = d })
}

// MaxActors sets how many actors the handler may have at a time. It is for [PerKey], [PerRequest] and [Func].
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

// IdleAfter sets after which time without a request an actor of [PerKey] is stopped: 5 minutes. Below 0 it is only
// stopped to make room for another one. For [Func] it sets how long a goroutine that is not needed is kept: 10
// seconds.
func IdleAfter(d time.Duration) HandlerOption {
	return handlerOption(func(h *Handler) {
		if h.kind != "PerKey" && h.kind != "Func" {
			mistake("IdleAfter is for PerKey and Func, and this is %s", h.kind)
		}
		h.settings.idleAfter = d
	})
}

// Optional lets the server be ready without the actors of the handler.
func Optional() HandlerOption { return handlerOption(func(h *Handler) { h.settings.optional = true }) }

// Props changes the props of the handler's actors, for example their receiver middleware or the supervisor of their
// children. The server keeps its own mailbox, dispatcher and guardian.
func Props(options ...actor.PropsOption) HandlerOption {
	return handlerOption(func(h *Handler) { h.settings.props = slices.Concat(h.settings.props, options) })
}
