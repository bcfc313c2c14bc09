package troupe

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// serveSoak has good routes, and routes that fail in every way.
func serveSoak(listener net.Listener) error {
	injected := &injections{counts: map[string]int{}}
	server := actors.NewServer(wide(io.Discard))
	handleHealth(server)
	server.Handle("GET "+site.SoakPath, actors.Func(func(r *actors.Request) *actors.Response {
		debug.FreeOSMemory()
		return r.JSON(200, site.SoakState{Goroutines: runtime.NumGoroutine(), Injected: injected.list()})
	}))
	server.Handle("GET /static", handlers.Static("text/plain", []byte(site.SoakStatic)))
	server.Handle("GET /count/{token}", actors.One(func() actor.Actor { return &counter{} }))
	server.Handle("POST /echo", actors.Func(answerEcho))
	server.Handle("POST /stream", handlers.Echo(), actors.StreamBody())
	server.Handle("GET /octets/{token}/{octets}", actors.Func(answerOctets))
	server.Handle("GET /late/{token}", one(answerLate))
	server.Handle("GET /twice/{token}", one(answerTwice(injected)))
	for i := range site.SoakCopies {
		for kind, handler := range faulty(injected) {
			server.Handle(fmt.Sprintf("GET /%s/%d/{token}", kind, i), handler)
		}
	}
	return server.Serve(listener)
}

// counter answers with a number that it never used before, and the token.
type counter struct{ hits int }

// Receive answers the next number.
func (c *counter) Receive(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		c.hits++
		ctx.Respond(request.Text(200, fmt.Sprintf("%d %s", c.hits, request.Param("token"))))
	}
}

func answerOctets(r *actors.Request) *actors.Response {
	octets, err := strconv.Atoi(r.Param("octets"))
	if err != nil || octets < 0 || octets > largeSize {
		return r.Text(400, "The number is one like 1000.\n")
	}
	content := site.Repeated(r.Param("token"), octets)
	response := r.Stream(200, nil, handlers.Reader(strings.NewReader(content)))
	if octets%2 == 0 { // half are chunked
		response.WithLength(int64(octets))
	}
	return response
}

// answerLate answers after later requests.
func answerLate(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		root := ctx.ActorSystem().Root
		time.AfterFunc(rand.N(50*time.Millisecond), func() {
			root.Send(request.ReplyTo(), token(request))
		})
	}
}

// answerTwice sends a second answer, which must reach nobody.
func answerTwice(injected *injections) func(actor.Context) {
	return func(ctx actor.Context) {
		if request, ok := ctx.Message().(*actors.Request); ok {
			ctx.Respond(token(request))
			ctx.Respond(request.Text(200, "a second answer"))
			injected.add("second answers")
		}
	}
}
