package actors_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

// A hitCounter counts. It gets one message at a time, so its state needs no lock.
type hitCounter struct{ hits int }

func (c *hitCounter) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actors.Request:
		c.hits++
		ctx.Respond(message.Text(200, fmt.Sprintf("hit %d of %s", c.hits, message.Param("page"))))
	}
}

func Example() {
	server := actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
	server.Handle("GET /hits/{page}", actors.One(func() actor.Actor { return &hitCounter{} }))

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	served := make(chan error)
	go func() { served <- server.Serve(listener) }()

	for range 3 {
		response, err := http.Get("http://" + listener.Addr().String() + "/hits/home")
		if err != nil {
			fmt.Println(err)
			return
		}
		content, _ := io.ReadAll(response.Body)
		response.Body.Close()
		fmt.Println(response.Status, string(content))
	}

	http.DefaultClient.CloseIdleConnections()
	fmt.Println(server.Shutdown(context.Background()))
	fmt.Println(<-served)
	// Output:
	// 200 OK hit 1 of home
	// 200 OK hit 2 of home
	// 200 OK hit 3 of home
	// <nil>
	// actors: server closed
}
