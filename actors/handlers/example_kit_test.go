package handlers_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/troupe-go/troupe/actors"
)

// quiet makes a server without a log, because nobody reads that of an example.
func quiet() *actors.Server {
	return actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
}

// show sends a request, and prints the status, some fields and the content of the response. The fields are names and
// values in turn.
func show(server *actors.Server, method, target string, names string, fields ...string) {
	request := actors.NewRequest(method, target, nil)
	for i := 0; i+1 < len(fields); i += 2 {
		request.With(fields[i], fields[i+1])
	}
	response, err := server.Do(context.Background(), request)
	if err != nil {
		fmt.Println(err)
		return
	}
	text := fmt.Sprint(response.Status)
	for _, name := range strings.Fields(names) {
		text += fmt.Sprintf(" %s=%q", name, response.Fields.Get(name))
	}
	if !response.Fields.Has("Content-Encoding") {
		text += " " + strings.TrimSpace(string(response.Body))
	}
	fmt.Println(strings.TrimSpace(text))
}

// greet is what the filters of the examples are for.
func greet(r *actors.Request) *actors.Response { return r.Text(200, "hello") }
