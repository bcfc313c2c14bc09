package actors_test

import (
	"errors"
	"fmt"

	"github.com/troupe-go/troupe/actors"
)

// errSoldOut is an error that functions return up to the handler.
var errSoldOut = &actors.Problem{
	Status: 409, Type: "https://shop.example/sold-out", Title: "Sold out",
	Detail: "No tea is left.",
}

func buy(item string) error {
	if item == "tea" {
		return fmt.Errorf("the store says: %w", errSoldOut)
	}
	return errors.New("connection refused") // nothing for clients
}

func ExampleRequest_Fail() {
	server := serveFunc("POST /buy/{item}", func(r *actors.Request) *actors.Response {
		if err := buy(r.Param("item")); err != nil {
			return r.Fail(err)
		}
		return r.Status(204)
	})
	defer server.Close()

	ask(server, "POST", "/buy/tea", "", "Accept", "application/json")
	ask(server, "POST", "/buy/milk", "", "Accept", "application/json")
	// Output:
	// 409 {"detail":"No tea is left.","status":409,"title":"Sold out","type":"https://shop.example/sold-out"}
	// 500 {"detail":"The server failed on this request.","status":500,"title":"Internal Server Error"}
}

func ExampleProblem() {
	fmt.Println(errSoldOut)
	content, err := errSoldOut.MarshalJSON()
	fmt.Println(string(content), err)
	// Output:
	// Sold out: No tea is left.
	// {"detail":"No tea is left.","status":409,"title":"Sold out","type":"https://shop.example/sold-out"} <nil>
}

func ExampleConfig() {
	config := quiet
	config.Problem = func(r *actors.Request, problem *actors.Problem) *actors.Response {
		if r.Accepts("application/json", "text/html") == "text/html" {
			return r.HTML(problem.Status, "<h1>Sorry</h1>").With("Vary", "Accept")
		}
		return r.Problem(problem)
	}
	config.Limits = actors.Limits{Body: 1 << 20}
	config.ErrorDetail = actors.DetailForLoopback
	server := actors.NewServer(config)
	defer server.Close()

	ask(server, "GET", "/nowhere", "", "Accept", "text/html")
	fmt.Println(config.WithDefaults().HandlerTimeout)
	// Output:
	// 404 <h1>Sorry</h1>
	// 30s
}
