package actors_test

import (
	"fmt"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

// A tally counts what it was asked. It gets one message at a time, so it needs no lock.
type tally struct{ asked int }

func newTally() actor.Actor { return &tally{} }

func (t *tally) Receive(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		t.asked++
		ctx.Respond(request.Text(200, fmt.Sprint(t.asked)))
	}
}

func ExampleOne() {
	server := actors.NewServer(quiet)
	defer server.Close()
	tally := actors.One(newTally)
	server.Handle("GET /tally", tally)
	server.Handle("POST /tally", tally) // the same actor

	ask(server, "GET", "/tally", "")
	ask(server, "POST", "/tally", "")
	// Output:
	// 200 1
	// 200 2
}

func ExampleFunc() {
	server := actors.NewServer(quiet)
	defer server.Close()
	server.Handle("GET /hello/{name}", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Text(200, "Hello, "+r.Param("name")+"!")
	}))

	ask(server, "GET", "/hello/Ada", "")
	// Output: 200 Hello, Ada!
}

func ExamplePerKey() {
	server := actors.NewServer(quiet)
	defer server.Close()
	rooms := actors.PerKey("room", newTally, actors.Named("rooms"), actors.MaxActors(1000), actors.IdleAfter(time.Hour))
	server.Handle("GET /rooms/{room}", rooms)

	ask(server, "GET", "/rooms/red", "")
	ask(server, "GET", "/rooms/red", "")
	ask(server, "GET", "/rooms/blue", "")
	// Output:
	// 200 1
	// 200 2
	// 200 1
}

// A keyed actor tells its key.
type keyed struct{}

func (keyed) Receive(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		ctx.Respond(request.Text(200, "the room "+actors.Key(ctx)))
	}
}

func ExampleKey() {
	server := actors.NewServer(quiet)
	defer server.Close()
	server.Handle("GET /rooms/{room}", actors.PerKey("room", func() actor.Actor { return keyed{} }))

	ask(server, "GET", "/rooms/living%20room", "")
	// Output: 200 the room living room
}

func ExamplePool() {
	server := actors.NewServer(quiet)
	defer server.Close()
	server.Handle("GET /work", actors.Pool(4, newTally, actors.MaxQueue(100), actors.MaxQueueWait(time.Second)))

	ask(server, "GET", "/work", "")
	// Output: 200 1
}

func ExamplePerRequest() {
	server := actors.NewServer(quiet)
	defer server.Close()
	server.Handle("GET /fresh", actors.PerRequest(newTally))

	ask(server, "GET", "/fresh", "")
	ask(server, "GET", "/fresh", "")
	// Output:
	// 200 1
	// 200 1
}

func ExampleOptional() {
	server := actors.NewServer(quiet)
	defer server.Close()
	slow := func() actor.Actor { time.Sleep(50 * time.Millisecond); return newTally() }
	server.Handle("GET /slow", actors.One(slow, actors.Optional()))
	server.Handle("GET /hello", actors.Func(func(r *actors.Request) *actors.Response { return r.Text(200, "hello") }))

	ask(server, "GET", "/hello", "")
	fmt.Println(server.Ready()) // without the slow one
	// Output:
	// 200 hello
	// true
}

func ExampleProps() {
	server := actors.NewServer(quiet)
	defer server.Close()
	noisy := actor.WithReceiverMiddleware(func(next actor.ReceiverFunc) actor.ReceiverFunc {
		return func(ctx actor.ReceiverContext, envelope *actor.MessageEnvelope) {
			if request, ok := envelope.Message.(*actors.Request); ok {
				fmt.Println(request.Method(), request.Path())
			}
			next(ctx, envelope)
		}
	})
	server.Handle("GET /tally", actors.One(newTally, actors.Props(noisy)))

	ask(server, "GET", "/tally", "")
	// Output:
	// GET /tally
	// 200 1
}
