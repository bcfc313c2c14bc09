package troupe

import (
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

// How often the handlers fail.
const (
	panicEvery = 20 // requests
	startEvery = 3  // incarnations
	crashEvery = 4  // times that requests were kept
	stopEvery  = 20 // requests

	keepTime = 20 * time.Millisecond
)

// faulty returns handlers that fail now and then, by the first segment of their routes.
func faulty(injected *injections) map[string]*actors.Handler {
	incarnations, decisions := new(atomic.Int64), new(atomic.Int64)
	return map[string]*actors.Handler{
		"panic": actors.One(func() actor.Actor { return &panicker{injected: injected} }),
		"start": actors.One(func() actor.Actor {
			return &stumbler{panicker{injected: injected}, incarnations.Add(1)}
		}),
		"stop": actors.One(func() actor.Actor { return &leaver{injected: injected} }),
		"keep": actors.One(func() actor.Actor { return &hoarder{injected: injected, decisions: decisions} }),
	}
}

// A panicker panics on every nth request.
type panicker struct {
	injected *injections
	requests int
}

// Receive answers a request, or panics.
func (p *panicker) Receive(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		if p.requests++; p.requests == panicEvery {
			p.injected.add("panics on a request")
			panic("on every so manieth request")
		}
		ctx.Respond(token(request))
	}
}

// A stumbler is a panicker whose every nth incarnation panics when it begins.
type stumbler struct {
	panicker
	incarnation int64
}

// Receive panics in actor.Started, or acts like a panicker.
func (s *stumbler) Receive(ctx actor.Context) {
	if _, ok := ctx.Message().(*actor.Started); ok && s.incarnation%startEvery == 0 {
		s.injected.add("panics in Started")
		panic("at the start")
	}
	s.panicker.Receive(ctx)
}

// A leaver stops after a number of requests.
type leaver struct {
	injected *injections
	requests int
}

// Receive answers a request, and may stop.
func (l *leaver) Receive(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		ctx.Respond(token(request))
		if l.requests++; l.requests == stopEvery {
			l.injected.add("handlers that stopped")
			ctx.Stop(ctx.Self())
		}
	}
}

// A hoarder keeps requests for a while. Then it answers them all, or crashes.
type hoarder struct {
	injected  *injections
	decisions *atomic.Int64
	kept      []*actors.Request
}

// decisionDue is a message of a hoarder to itself.
type decisionDue struct{}

// Receive keeps a request, or decides.
func (h *hoarder) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actors.Request:
		if h.kept = append(h.kept, message); len(h.kept) == 1 {
			self, root := ctx.Self(), ctx.ActorSystem().Root
			time.AfterFunc(keepTime, func() { root.Send(self, decisionDue{}) })
		}
	case decisionDue:
		if len(h.kept) > 0 {
			h.decide(ctx)
		}
	}
}

func (h *hoarder) decide(ctx actor.Context) {
	if h.decisions.Add(1)%crashEvery == 0 {
		h.injected.add("crashes with requests kept")
		panic("with requests that are not answered")
	}
	for _, request := range h.kept {
		ctx.Send(request.ReplyTo(), token(request))
	}
	h.kept = nil
}

// token makes the answer by which a client recognises its own request.
func token(r *actors.Request) *actors.Response { return r.Text(200, r.Param("token")) }
