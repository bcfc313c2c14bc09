package main

import (
	"fmt"
	"io"
	"net"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// servePoison logs as it would by default, to nowhere.
func servePoison(listener net.Listener) error {
	server := actors.NewServer(wide(io.Discard))
	handleHealth(server)
	server.Handle("GET /function/{item}", handlers.Func(func(r *actors.Request) *actors.Response {
		if r.Param("item") == bad {
			panic(poisoned)
		}
		return r.Text(200, greeting)
	}))
	server.Handle("GET /actor/{item}", actor.PropsFromProducer(func() actor.Actor { return &shelf{} }))
	return server.Serve(listener)
}

// A shelf counts what was taken from it.
type shelf struct{ taken int }

func (s *shelf) Receive(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		if request.Param("item") == bad {
			panic(poisoned)
		}
		s.taken++
		ctx.Respond(request.Text(200, fmt.Sprintln(s.taken)))
	}
}
