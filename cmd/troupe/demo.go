package main

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// demoRoutes show uses of actors, and what their crashes do.
func demoRoutes() []routeOf {
	return append([]routeOf{
		newRoute("GET /demo/hits", "a counter: state without a lock", actors.One(newHits)),
		newRoute("GET /demo/crash", "a function that panics: 500, and no restart", actors.Func(crash)),
		newRoute("GET /demo/crash/connection", "a connection that panics and keeps its socket", actors.Func(crashConnection)),
		newRoute("GET /demo/items/{id}", "a function that panics for bad and serves the rest", actors.Func(item)),
		newRoute("GET /demo/sleep/{duration}", "a handler that takes its time, for example 2s", actors.One(newSleeper)),
		newRoute("GET /demo/block/{duration}", "a function that waits: others run meanwhile", actors.Func(block)),
		newRoute("POST /demo/stream", "the content sent back as it comes, in bounded memory", handlers.Echo(), actors.StreamBody()),
		newRoute("GET /demo/octets/{number}", "so many octets, in bounded memory", actors.Func(octets)),
	}, placementRoutes()...)
}

// octets streams zeros, with their number announced.
func octets(r *actors.Request) *actors.Response {
	number, err := strconv.ParseInt(r.Param("number"), 10, 64)
	if err != nil || number < 0 {
		return r.Text(400, "The number is one like 1000000.\n")
	}
	return r.Stream(200, nil, handlers.Reader(io.LimitReader(zeros{}, number))).WithLength(number)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// hits counts its requests. After a crash it would start again at zero.
type hits struct{ number int }

func newHits() actor.Actor { return &hits{} }

func (h *hits) Receive(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		h.number++
		ctx.Respond(request.Text(200, fmt.Sprintln(h.number)))
	}
}

func crash(*actors.Request) *actors.Response { panic("the demo was asked to crash") }

// crashConnection streams from a source whose producer panics. The connection makes the source, so the connection
// fails.
func crashConnection(r *actors.Request) *actors.Response {
	return r.Stream(200, nil, actor.PropsFromProducer(func() actor.Actor { panic("the demo was asked to crash its connection") }))
}

// item is a function with a bug: one request fails, and the others are not affected.
func item(r *actors.Request) *actors.Response {
	id := r.Param("id")
	if id == "bad" {
		panic("the demo was asked for a bad item")
	}
	return r.Text(200, "item "+id+"\n")
}

// sleep keeps the request and answers later, so that its mailbox goes on. It sleeps no longer than the client waits.
func newSleeper() actor.Actor { return actor.ReceiveFunc(sleep) }

func sleep(ctx actor.Context) {
	request, ok := ctx.Message().(*actors.Request)
	if !ok {
		return
	}
	pause, ok := pauseOf(request.Param("duration"))
	if !ok {
		ctx.Respond(request.Text(400, noPause))
		return
	}
	go func() {
		select {
		case <-time.After(pause):
			ctx.Respond(request.Text(200, fmt.Sprintf("slept %v\n", pause)))
		case <-request.Context().Done():
		}
	}()
}

// block blocks the goroutine that it runs on. A function runs on many at once, so other requests do not notice.
func block(r *actors.Request) *actors.Response {
	pause, ok := pauseOf(r.Param("duration"))
	if !ok {
		return r.Text(400, noPause)
	}
	time.Sleep(pause)
	return r.Text(200, fmt.Sprintf("blocked for %v\n", pause))
}

const noPause = "The duration is one like 2s, up to 1m.\n"

func pauseOf(text string) (pause time.Duration, ok bool) {
	pause, err := time.ParseDuration(text)
	return pause, err == nil && pause >= 0 && pause <= time.Minute
}
