package handlers_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// All filters of a group, in the order that the page docs/how-to/filters.md has.
func TestFiltersTogether(t *testing.T) {
	server := newServer(t, "asked to")
	group := server.Group("/api",
		handlers.RequestID(handlers.UnixSocket()),
		handlers.SecurityHeaders(handlers.SecurityOptions{}),
		handlers.ForwardedFor("X-Forwarded-For", handlers.UnixSocket()),
		handlers.CORS(handlers.CORSOptions{Origins: []string{app}, Headers: []string{"Authorization"}, Exposed: []string{"RateLimit"}}),
		handlers.RateLimit(handlers.RateLimitOptions{Requests: 3, Per: time.Hour}),
		handlers.BasicAuth("api", passwords),
		handlers.RateLimit(handlers.RateLimitOptions{Requests: 2, Per: time.Hour, Key: handlers.User, Name: "user"}))
	group.Handle("PUT /things", saying(func(r *actors.Request) string {
		return fmt.Sprintf("%s of %v, %s", handlers.User(r), handlers.Client(r), handlers.ID(r))
	}))
	group.Handle("PUT /panic", actors.Func(func(*actors.Request) *actors.Response { panic("asked to") }))
	const one, two, three = "192.0.2.1", "192.0.2.2", "192.0.2.3"
	ada, bad := basic("Ada:sesame"), basic("Ada:guess")
	for _, test := range []struct {
		why, method, path, client, auth string
		status                          int
		limits, content                 string
	}{
		{"a preflight request has no credentials, and does not count", "OPTIONS", "/things", one, "X: y", 204, "", ""},
		{"the first", "PUT", "/things", one, ada, 200, `"user";r=1;t=1800, "default";r=2;t=1200`, "Ada of 192.0.2.1, id-1"},
		{"the wrong password counts for the address, not for the user", "PUT", "/things", one, bad, 401, `"default";r=1;t=1200`, ""},
		{"a failure counts for both", "PUT", "/panic", one, ada, 500, `"user";r=0;t=1800, "default";r=0;t=1200`, ""},
		{"the address has no more, with any password", "PUT", "/things", one, bad, 429, `"default";r=0;t=1200`, ""},
		{"the user has no more from elsewhere", "PUT", "/things", two, ada, 429, `"user";r=0;t=1800, "default";r=2;t=1200`, ""},
		{"a user who is another", "PUT", "/things", three, basic("quiet:"), 200, `"user";r=1;t=1800, "default";r=2;t=1200`, "quiet of 192.0.2.3, id-1"},
	} {
		request := ask(test.method, "/api"+test.path, "Origin: "+app, "X-Request-Id: id-1", "X-Forwarded-For: "+test.client, test.auth)
		if test.method == "OPTIONS" {
			request.With("Access-Control-Request-Method", "PUT")
		}
		response := call(t, server, request)
		wantStatus(t, test.why, response, test.status)
		wantField(t, test.why, response, "RateLimit", test.limits)
		wantField(t, test.why, response, "Access-Control-Allow-Origin", app)
		wantField(t, test.why, response, "X-Request-Id", "id-1")
		wantField(t, test.why, response, "X-Frame-Options", "SAMEORIGIN")
		if test.status < 300 && string(response.Body) != test.content {
			t.Errorf("%s: want %q, got %q", test.why, test.content, response.Body)
		}
	}
}
