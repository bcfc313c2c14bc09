package troupe

import (
	"fmt"
	"io"
	"net"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// servePoison formats its log as by default, and throws it away.
func servePoison(listener net.Listener) error {
	server := actors.NewServer(wide(io.Discard))
	handleHealth(server)
	server.Handle("GET /function/{item}", actors.Func(func(r *actors.Request) *actors.Response {
		if r.Param("item") == site.Bad {
			panic(site.Poisoned)
		}
		return r.Text(200, site.Greeting)
	}))
	server.Handle("GET /actor/{item}", actors.One(func() actor.Actor { return &shelf{} }))
	return server.Serve(listener)
}

// A shelf counts what was taken from it.
type shelf struct{ taken int }

// Receive answers with the number, or panics.
func (s *shelf) Receive(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		if request.Param("item") == site.Bad {
			panic(site.Poisoned)
		}
		s.taken++
		ctx.Respond(request.Text(200, fmt.Sprintln(s.taken)))
	}
}
