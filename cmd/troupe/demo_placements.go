package main

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

// placementRoutes show which actor gets a request: each actor answers with its name and its number of requests.
func placementRoutes() []routeOf {
	return []routeOf{
		newRoute("GET /demo/one", "one actor for all requests", actors.One(newTeller, actors.Named("demo-one"), actors.MaxQueueWait(time.Second))),
		newRoute("GET /demo/pool", "three actors: the one with the shortest queue", actors.Pool(3, newTeller, actors.Named("demo-pool"))),
		newRoute("GET /demo/request", "a new actor for each request", actors.PerRequest(newTeller, actors.Named("demo-request"))),
		newRoute("GET /demo/rooms/{room}", "an actor for each room", actors.PerKey("room", newTeller, actors.Named("demo-rooms"))),
	}
}

// A teller counts its requests, and answers with its name and their number. With the query take=2s it first works for
// that long, and with crash it panics.
type teller struct{ requests int }

func newTeller() actor.Actor { return &teller{} }

func (t *teller) Receive(ctx actor.Context) {
	request, ok := ctx.Message().(*actors.Request)
	if !ok {
		return
	}
	t.requests++
	if request.Query().Has("crash") {
		panic("the demo was asked to crash")
	}
	if take := request.Query().Get("take"); take != "" {
		pause, ok := pauseOf(take)
		if !ok {
			ctx.Respond(request.Text(400, noPause))
			return
		}
		time.Sleep(pause)
	}
	ctx.Respond(request.Text(200, t.tell(ctx.Self())))
}

func (t *teller) tell(self *actor.PID) string {
	unit := "requests"
	if t.requests == 1 {
		unit = "request"
	}
	path, _ := url.PathUnescape(strings.TrimPrefix(self.Id, "server/")) // as the log has it
	return fmt.Sprintf("%s: %d %s\n", actors.Printable(path), t.requests, unit)
}
