package main

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// injections count the faults that the handlers had on purpose.
type injections struct {
	mu     sync.Mutex
	counts map[string]int
}

func (i *injections) add(kind string) {
	i.mu.Lock()
	i.counts[kind]++
	i.mu.Unlock()
}

func (i *injections) list() map[string]int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return maps.Clone(i.counts)
}

// serveSoak has routes that are good beside such that fail in every way.
func serveSoak(listener net.Listener) error {
	injected := &injections{counts: map[string]int{}}
	server := actors.NewServer(wide(io.Discard))
	handleHealth(server)
	server.Handle("GET "+soakPath, handlers.Func(func(r *actors.Request) *actors.Response {
		debug.FreeOSMemory()
		return r.JSON(200, soakState{runtime.NumGoroutine(), injected.list()})
	}))
	server.Handle("GET /static", handlers.Static("text/plain", []byte(soakStatic)))
	server.Handle("GET /count/{token}", actor.PropsFromProducer(func() actor.Actor { return &counter{} }))
	server.Handle("POST /echo", handlers.Func(answerEcho))
	server.Handle("POST /stream", handlers.Echo(), actors.StreamBody())
	server.Handle("GET /octets/{token}/{octets}", handlers.Func(answerOctets))
	server.Handle("GET /late/{token}", actor.PropsFromFunc(answerLate))
	server.Handle("GET /twice/{token}", actor.PropsFromFunc(answerTwice(injected)))
	for i := range soakCopies {
		for kind, props := range faulty(injected) {
			server.Handle(fmt.Sprintf("GET /%s/%d/{token}", kind, i), props)
		}
	}
	return server.Serve(listener)
}

// counter answers with a number that nobody got before, and the token.
type counter struct{ hits int }

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
	content := repeated(r.Param("token"), octets)
	response := r.Stream(200, nil, handlers.Reader(strings.NewReader(content)))
	if octets%2 == 0 { // half are chunked
		response.WithLength(int64(octets))
	}
	return response
}

// answerLate answers when others have been answered.
func answerLate(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		root := ctx.ActorSystem().Root
		time.AfterFunc(rand.N(50*time.Millisecond), func() {
			root.Send(request.Connection(), token(request))
		})
	}
}

// answerTwice gives a second answer, which nobody may get.
func answerTwice(injected *injections) func(actor.Context) {
	return func(ctx actor.Context) {
		if request, ok := ctx.Message().(*actors.Request); ok {
			ctx.Respond(token(request))
			ctx.Respond(request.Text(200, "a second answer"))
			injected.add("second answers")
		}
	}
}

// token is the answer by which a client knows that it is its own.
func token(r *actors.Request) *actors.Response { return r.Text(200, r.Param("token")) }
