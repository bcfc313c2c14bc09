package actors_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"

	"github.com/troupe-go/troupe/actors"
)

func TestFunc(t *testing.T) {
	server := actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
	server.Handle("GET /hello/{name}", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Text(200, "Hello, "+r.Param("name")).With("X-Method", r.Method())
	}))
	server.Handle("/panic", actors.Func(func(*actors.Request) *actors.Response { panic("asked to") }))
	server.Handle("/nil", actors.Func(func(*actors.Request) *actors.Response { return nil }))
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(on) }()
	transport := &http.Transport{}
	for _, test := range []struct {
		why, path string
		status    int
		content   string
	}{
		{"it answers with what the function returns", "/hello/you", 200, "Hello, you"},
		{"a panic is a 500", "/panic", 500, ""},
		{"so is no response", "/nil", 500, ""},
		{"and it still answers", "/hello/again", 200, "Hello, again"},
		{"a panic is a 500 each time", "/panic", 500, ""},
	} {
		response, err := (&http.Client{Transport: transport}).Get("http://" + on.Addr().String() + test.path)
		if err != nil {
			t.Fatalf("%s: %v", test.why, err)
		}
		content, err := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != test.status || err != nil || test.status == 200 && string(content) != test.content {
			t.Errorf("%s: want %d %q, got %d %q (%v)", test.why, test.status, test.content, response.StatusCode, content, err)
		}
	}
	transport.CloseIdleConnections()
	if err := server.Shutdown(context.Background()); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if err := <-served; !errors.Is(err, actors.ErrServerClosed) {
		t.Errorf("Serve says why it ended: %v", err)
	}
}
