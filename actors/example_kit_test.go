package actors_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/troupe-go/troupe/actors"
)

// quiet is for examples, whose log nobody reads.
var quiet = actors.Config{Logger: slog.New(slog.DiscardHandler)}

// ask sends a request to a server, and prints the status and the content of the response. The fields are names and
// values in turn.
func ask(server *actors.Server, method, target, content string, fields ...string) {
	request := actors.NewRequest(method, target, []byte(content))
	for i := 0; i+1 < len(fields); i += 2 {
		request.With(fields[i], fields[i+1])
	}
	response, err := server.Do(context.Background(), request)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.TrimSpace(fmt.Sprint(response.Status, " ", string(response.Body))))
}
