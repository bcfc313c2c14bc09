package actorstest_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/actorstest"
)

// A greeter greets the name in the path.
type greeter struct{}

func (greeter) Receive(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		ctx.Respond(request.Text(200, "Hello, "+request.Param("name")+"!"))
	}
}

// A sketch stands for the *testing.T of a test, which an example does not have.
type sketch struct{}

func (sketch) Helper()                           {}
func (sketch) Cleanup(func())                    {}
func (sketch) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

func Example() {
	var t sketch // in a test: t *testing.T
	server := actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
	server.Handle("GET /hello/{name}", actors.One(func() actor.Actor { return greeter{} }))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("%v", err)
	}
	if _, err := server.Start(listener); err != nil {
		t.Fatalf("%v", err)
	}

	c := actorstest.Dial(t, "tcp", listener.Addr().String())
	c.Send("GET /hello/World HTTP/1.1\r\nHost: a\r\n\r\n")
	r := c.Want("it greets the world", "200 OK", "Hello, World!")
	fmt.Println(r.Field("Content-Type"))

	c.Send("HEAD /hello/World HTTP/1.1\r\nHost: a\r\n\r\n")
	fmt.Println(c.WantHead("a HEAD has the same fields", "200 OK").Field("Content-Length"))

	c.Send("GET /hello/World HTTP/1.1\n\n")
	r = c.Want("a line ends in CRLF", "400 Bad Request")
	fmt.Println(r.Closes())
	c.WantClosed("nothing is read behind a mistake")

	server.Shutdown(context.Background())
	// Output:
	// text/plain; charset=utf-8
	// 13
	// true
}
