package main

import (
	"fmt"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// demoRoutes show what actors are good for, and what their crashes do.
func demoRoutes() []routeOf {
	return []routeOf{
		{"GET /demo/hits", "a counter: state without a lock", actor.PropsFromProducer(newHits)},
		{"GET /demo/crash", "a handler that panics: 500, and a restart", handlers.Func(crash)},
		{"GET /demo/crash/connection", "a connection that panics and keeps its socket", actor.PropsFromFunc(crashConnection)},
		{"GET /demo/sleep/{duration}", "a handler that takes its time, for example 2s", actor.PropsFromFunc(sleep)},
	}
}

// hits counts its requests. A crash would begin anew at zero.
type hits struct{ number int }

func newHits() actor.Actor { return &hits{} }

func (h *hits) Receive(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		h.number++
		ctx.Respond(request.Text(200, fmt.Sprintln(h.number)))
	}
}

func crash(*actors.Request) *actors.Response { panic("the demo was asked to crash") }

// crashConnection sends what no connection can make sense of.
func crashConnection(ctx actor.Context) {
	if _, ok := ctx.Message().(*actors.Request); ok {
		ctx.Respond((*actors.Response)(nil))
	}
}

// sleep answers later without holding its mailbox up: the request may be kept.
func sleep(ctx actor.Context) {
	request, ok := ctx.Message().(*actors.Request)
	if !ok {
		return
	}
	pause, err := time.ParseDuration(request.Param("duration"))
	if err != nil || pause < 0 || pause > time.Minute {
		ctx.Respond(request.Text(400, "The duration is one like 2s, up to 1m.\n"))
		return
	}
	sender, root := ctx.Sender(), ctx.ActorSystem().Root
	time.AfterFunc(pause, func() {
		root.Send(sender, request.Text(200, fmt.Sprintf("slept %v\n", pause)))
	})
}
