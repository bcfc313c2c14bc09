package handlers_test

import (
	"strings"
	"testing"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/actorstest"
)

// newServer makes a server for calls in the process. Handlers crash as often as the texts say, with these reasons.
func newServer(t testing.TB, crashes ...string) *actors.Server {
	server := actors.NewServer(actors.Config{Logger: actorstest.Logger(t)})
	site := actorstest.Serve(t, server)
	for _, text := range crashes {
		site.ExpectCrash(text)
	}
	return server
}

// saying answers each request with what the function says about it.
func saying(what func(*actors.Request) string) *actors.Handler {
	return actors.Func(func(r *actors.Request) *actors.Response { return r.Text(200, what(r)) })
}

var hello = saying(func(*actors.Request) string { return "hello" })

// ask makes a request with those fields, each as "Name: value".
func ask(method, path string, fields ...string) *actors.Request {
	request := actors.NewRequest(method, path, nil)
	for _, field := range fields {
		name, value, _ := strings.Cut(field, ": ")
		request.With(name, value)
	}
	return request
}

func call(t testing.TB, server *actors.Server, request *actors.Request) *actors.Response {
	t.Helper()
	response, err := server.Do(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// wantField fails the test unless the response has the field with those values, joined with commas; "" for none.
func wantField(t testing.TB, why string, response *actors.Response, name, want string) {
	t.Helper()
	if got := strings.Join(response.Fields.Values(name), ", "); got != want || want == "" && response.Fields.Has(name) {
		t.Errorf("%s: want %s: %q, got %q", why, name, want, got)
	}
}

func wantStatus(t testing.TB, why string, response *actors.Response, want int) {
	t.Helper()
	if response.Status != want {
		t.Errorf("%s: want %d, got %d %s", why, want, response.Status, response.Body)
	}
}
