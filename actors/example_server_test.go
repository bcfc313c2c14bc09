package actors_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

func hello(r *actors.Request) *actors.Response { return r.Text(200, "hello") }

func ExampleServer_Start() {
	server := actors.NewServer(quiet)
	server.Handle("GET /", actors.Func(hello))
	on, err := actors.Listen("127.0.0.1:0") // or "unix:/run/hello.sock"
	if err != nil {
		log.Fatal(err)
	}
	wait, err := server.Start(on)
	if err != nil {
		log.Fatal(err)
	}

	response, err := http.Get("http://" + server.Addrs()[0].String())
	if err != nil {
		log.Fatal(err)
	}
	content, _ := io.ReadAll(response.Body)
	response.Body.Close()
	fmt.Println(string(content), server.Ready(), server.Draining())

	http.DefaultClient.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	fmt.Println(server.Shutdown(ctx))
	fmt.Println(errors.Is(wait(), actors.ErrServerClosed))
	// Output:
	// hello true false
	// <nil>
	// true
}

func ExampleServer_Do() {
	server := actors.NewServer(quiet)
	defer server.Close()
	server.Handle("GET /", actors.Func(hello))

	request := actors.NewRequest("GET", "/", nil).With("Accept", "text/plain")
	response, err := server.Do(context.Background(), request)
	fmt.Println(response.Status, string(response.Body), err)
	// Output: 200 hello <nil>
}

func ExampleServer_Group() {
	server := actors.NewServer(quiet)
	defer server.Close()
	api := server.Group("/api",
		actors.Before(func(r *actors.Request) *actors.Response {
			if r.Field("X-Key") != "sesame" {
				return r.Fail(&actors.Problem{Status: 403, Detail: "Who are you?"})
			}
			return nil // go on
		}),
		actors.After(func(_ *actors.Request, response *actors.Response) { response.With("Cache-Control", "no-store") }))
	api.Handle("GET /hello", actors.Func(hello))
	api.Group("/v2").Handle("GET /hello", actors.Func(hello))

	ask(server, "GET", "/api/hello", "", "X-Key", "sesame")
	ask(server, "GET", "/api/v2/hello", "", "Accept", "application/json")
	// Output:
	// 200 hello
	// 403 {"detail":"Who are you?","status":403,"title":"Forbidden"}
}

func ExampleServer_Mount() {
	shop := actors.NewGroup() // of a package that offers routes
	shop.Handle("GET /hello", actors.Func(hello))

	server := actors.NewServer(quiet)
	defer server.Close()
	server.Mount("/north", shop)
	server.Mount("/south", shop)

	ask(server, "GET", "/south/hello", "")
	// Output: 200 hello
}

func ExampleServer_Routes() {
	server := actors.NewServer(quiet)
	defer server.Close()
	limits := actors.Options(actors.MaxBody(1000), actors.HandlerTimeout(5*time.Second))
	server.Handle("POST /rooms/{room}", actors.PerKey("room", newTally, actors.Named("rooms")), limits)
	server.Handle("GET /health", actors.Func(hello), actors.Vital(), actors.Quiet())

	for _, route := range server.Routes() {
		fmt.Println(route.Pattern, route.Handler, route.Placement, route.Key, route.Vital, route.MaxBody, route.Timeout)
	}
	// Output:
	// GET /health GET /health Func  true 8388608 30s
	// POST /rooms/{room} rooms PerKey room false 1000 5s
}

func ExampleServer_Remove() {
	server := actors.NewServer(quiet)
	defer server.Close()
	server.Handle("GET /sale", actors.Func(hello))
	ask(server, "GET", "/sale", "")
	fmt.Println(server.Remove("GET /sale"))
	ask(server, "GET", "/sale", "", "Accept", "application/json")
	// Output:
	// 200 hello
	// true
	// 404 {"status":404,"title":"Page Not Found"}
}

func ExampleServer_Spawn() {
	server := actors.NewServer(quiet)
	defer server.Close()
	store, err := server.Spawn("store", actor.PropsFromFunc(func(ctx actor.Context) {
		if item, ok := ctx.Message().(string); ok {
			ctx.Respond("there is " + item)
		}
	}))
	if err != nil {
		log.Fatal(err)
	}
	server.Handle("GET /{item}", actors.Func(func(r *actors.Request) *actors.Response {
		answer, err := server.System().Root.RequestFuture(store, r.Param("item"), time.Second).Result()
		if err != nil {
			return r.Fail(err)
		}
		return r.Text(200, fmt.Sprint(answer))
	}))

	ask(server, "GET", "/tea", "")
	// Output: 200 there is tea
}

func ExampleRequest_Context() {
	why := make(chan error, 1)
	server := serveFunc("GET /slow", func(r *actors.Request) *actors.Response {
		<-r.Context().Done() // or a query with this context
		why <- context.Cause(r.Context())
		return r.Fail(r.Context().Err())
	}, actors.HandlerTimeout(10*time.Millisecond))
	defer server.Close()

	response, err := server.Do(context.Background(), actors.NewRequest("GET", "/slow", nil))
	fmt.Println(response.Status, err)
	fmt.Println(<-why)
	// Output:
	// 504 <nil>
	// actors: the handler did not answer in time: context deadline exceeded
}

func ExampleServer_Rejections() {
	server := actors.NewServer(quiet)
	defer server.Close()
	// After a client has sent "GET / HTTP/1.1" without a Host:
	for _, rejection := range server.Rejections() {
		fmt.Println(rejection.Count, rejection.Status, rejection.Section, rejection.Reason)
	}
	// Output:
}

func ExampleUnfinishedError() {
	begun := make(chan bool)
	server := serveFunc("GET /slow", func(r *actors.Request) *actors.Response {
		close(begun)
		time.Sleep(100 * time.Millisecond) // it does not look at r.Context()
		return r.Status(204)
	})
	go server.Do(context.Background(), actors.NewRequest("GET", "/slow", nil))
	<-begun

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	var unfinished *actors.UnfinishedError
	if err := server.Shutdown(ctx); errors.As(err, &unfinished) {
		fmt.Println(unfinished.Actors)
	}
	// Output: [call$1 router/GET /slow$1]
}

func ExamplePrintable() {
	fmt.Println(actors.Printable("Ada \x1b[31m é"))
	// Output: Ada \x1B[31m é
}
