package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/actorstest"
	"github.com/troupe-go/troupe/actors/handlers"
)

const app = "https://app.example"

// What a browser reads of a response. Each field that is not named has to be absent.
type shared struct{ origin, credentials, exposed, vary string }

func wantShared(t *testing.T, why string, response *actors.Response, want shared) {
	t.Helper()
	wantField(t, why, response, "Access-Control-Allow-Origin", want.origin)
	wantField(t, why, response, "Access-Control-Allow-Credentials", want.credentials)
	wantField(t, why, response, "Access-Control-Expose-Headers", want.exposed)
	wantField(t, why, response, "Vary", want.vary)
}

func TestCORSSaysWhoMayReadAResponse(t *testing.T) {
	server := newServer(t)
	server.Handle("GET /list", hello, handlers.CORS(handlers.CORSOptions{
		Origins: []string{app, "http://localhost:3000"}, Credentials: true, Exposed: []string{"ETag", "X-Total"},
	}))
	server.Handle("GET /all", hello, handlers.CORS(handlers.CORSOptions{Origins: []string{"*"}}))
	server.Handle("GET /func", hello, handlers.CORS(handlers.CORSOptions{
		Origins:     []string{app},
		AllowOrigin: func(r *actors.Request, origin string) bool { return origin == r.Field("X-Tenant") || origin == "null" },
	}))
	full := shared{app, "true", "ETag, X-Total", "Origin"}
	nobody := shared{vary: "Origin"}
	for _, test := range []struct {
		path, origin string
		want         shared
	}{
		{"/list", app, full},
		{"/list", "http://localhost:3000", shared{"http://localhost:3000", "true", "ETag, X-Total", "Origin"}},
		{"/list", "", nobody},
		{"/list", "null", nobody},
		{"/list", "https://other.example", nobody},
		{"/list", "http://app.example", nobody},
		{"/list", app + ".evil.example", nobody},
		{"/list", app + ":8443", nobody},
		{"/list", "*", nobody},
		{"/all", app, shared{origin: "*"}},
		{"/all", "null", shared{origin: "*"}},
		{"/all", "", shared{origin: "*"}}, // so that a cache may give it to all
		{"/func", app, shared{origin: app, vary: "Origin"}},
		{"/func", "https://tenant.example", shared{origin: "https://tenant.example", vary: "Origin"}},
		{"/func", "https://other.example", nobody},
		{"/func", "null", nobody}, // never, whatever the function says
	} {
		request := ask("GET", test.path, "X-Tenant: https://tenant.example")
		if test.origin != "" {
			request.With("Origin", test.origin)
		}
		response := call(t, server, request)
		wantStatus(t, test.path+" "+test.origin+" is not refused", response, 200)
		wantShared(t, test.path+" "+test.origin, response, test.want)
	}
}

func preflight(path, origin, method string, fields ...string) *actors.Request {
	return ask("OPTIONS", path, append(fields, "Origin: "+origin, "Access-Control-Request-Method: "+method)...)
}

func TestCORSAnswersPreflightRequests(t *testing.T) {
	const vary, private = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers", "Access-Control-Request-Private-Network: true"
	server := newServer(t)
	plain := handlers.CORS(handlers.CORSOptions{Origins: []string{app}})
	server.Handle("PUT /plain", hello, plain)
	server.Handle("GET /plain", hello, plain)
	server.Handle("/any", hello, plain)
	server.Handle("OPTIONS /own", saying(func(*actors.Request) string { return "own options" }), plain)
	server.Handle("PATCH /full", hello, handlers.CORS(handlers.CORSOptions{
		Origins: []string{app}, Credentials: true, Methods: []string{"PUT", "PATCH"}, Headers: []string{"Content-Type", "Authorization"},
		Exposed: []string{"ETag"}, MaxAge: 10*time.Minute + time.Millisecond, PrivateNetwork: true,
	}))
	server.Handle("DELETE /all", hello, handlers.CORS(handlers.CORSOptions{Origins: []string{"*"}, Headers: []string{"*"}, MaxAge: -1}))
	for _, test := range []struct {
		why                                                           string
		request                                                       *actors.Request
		origin, methods, headers, maxAge, privateNetwork, credentials string
	}{
		{why: "the method of the route", request: preflight("/plain", app, "PUT"), origin: app, methods: "PUT"},
		{why: "of that which is announced", request: preflight("/plain", app, "GET"), origin: app, methods: "GET"},
		{why: "a pattern without a method", request: preflight("/any", app, "PUT"), origin: app},
		{why: "a route for OPTIONS says nothing about others", request: preflight("/own", app, "PUT"), origin: app},
		{why: "all there is", request: preflight("/full", app, "PATCH", "Access-Control-Request-Headers: authorization"),
			origin: app, methods: "PUT, PATCH", headers: "Content-Type, Authorization", maxAge: "600", credentials: "true"},
		{why: "to a private network", request: preflight("/full", app, "PATCH", private),
			origin: app, methods: "PUT, PATCH", headers: "Content-Type, Authorization", maxAge: "600", credentials: "true", privateNetwork: "true"},
		{why: "to a private network, without being asked for", request: preflight("/plain", app, "PUT", private)},
		{why: "an origin that is not allowed", request: preflight("/full", "https://other.example", "PATCH")},
		{why: "of a route for OPTIONS", request: preflight("/own", "https://other.example", "PUT")},
		{why: "null", request: preflight("/full", "null", "PATCH")},
		{why: "all origins", request: preflight("/all", "https://other.example", "DELETE"), origin: "*", methods: "DELETE", headers: "*", maxAge: "0"},
		{why: "all origins to a private network", request: preflight("/all", app, "DELETE", private)},
	} {
		response := call(t, server, test.request)
		wantStatus(t, test.why, response, 204)
		wantShared(t, test.why, response, shared{test.origin, test.credentials, "", vary})
		wantField(t, test.why, response, "Access-Control-Allow-Methods", test.methods)
		wantField(t, test.why, response, "Access-Control-Allow-Headers", test.headers)
		wantField(t, test.why, response, "Access-Control-Max-Age", test.maxAge)
		wantField(t, test.why, response, "Access-Control-Allow-Private-Network", test.privateNetwork)
	}
	for _, fields := range [][]string{{"Origin: " + app}, {"Access-Control-Request-Method: PUT"}, nil} {
		if response := call(t, server, ask("OPTIONS", "/own", fields...)); string(response.Body) != "own options" {
			t.Errorf("OPTIONS with %q is no preflight request, so the handler answers: got %d %s", fields, response.Status, response.Body)
		}
	}
}

// A script cannot read why it failed unless the response says that it may.
func TestCORSIsOnFailuresToo(t *testing.T) {
	server := newServer(t, "asked to")
	group := server.Group("", handlers.CORS(handlers.CORSOptions{Origins: []string{app}}))
	group.Handle("GET /401", hello, handlers.Bearer("api", never))
	group.Handle("GET /404", actors.Func(func(r *actors.Request) *actors.Response { return r.Fail(&actors.Problem{Status: 404}) }))
	group.Handle("GET /500", actors.Func(func(*actors.Request) *actors.Response { panic("asked to") }))
	group.Handle("POST /413", hello, actors.MaxBody(-1))
	for path, request := range map[string]*actors.Request{
		"/401": ask("GET", "/401"), "/404": ask("GET", "/404"), "/500": ask("GET", "/500"), "/413": actors.NewRequest("POST", "/413", []byte("x")),
	} {
		response := call(t, server, request.With("Origin", app))
		if got := response.Fields.Get("Access-Control-Allow-Origin"); got != app || fmt.Sprint("/", response.Status) != path {
			t.Errorf("%s: got %q of %d %s", path, got, response.Status, response.Body)
		}
	}
}

func TestCORSOverTheWire(t *testing.T) {
	address := serve(t, "PUT /things", hello, handlers.CORS(handlers.CORSOptions{Origins: []string{app}, Headers: []string{"Content-Type"}}))
	c := actorstest.Dial(t, "tcp", address)
	c.Send("OPTIONS /things HTTP/1.1\r\nHost: a\r\nOrigin: " + app + "\r\nAccess-Control-Request-Method: PUT\r\n" +
		"Access-Control-Request-Headers: content-type\r\n\r\n")
	allowed := c.Want("a preflight request", "204 No Content")
	if allowed.Field("Access-Control-Allow-Origin") != app || allowed.Field("Access-Control-Allow-Methods") != "PUT" ||
		allowed.Field("Access-Control-Allow-Headers") != "Content-Type" {
		t.Errorf("got %v", allowed)
	}
	c.Send("PUT /things HTTP/1.1\r\nHost: a\r\nOrigin: " + app + "\r\nContent-Length: 1\r\n\r\nx")
	if put := c.Want("the request itself", "200 OK", "hello"); put.Field("Access-Control-Allow-Origin") != app {
		t.Errorf("got %v", put)
	}
	c.Send("OPTIONS /things HTTP/1.1\r\nHost: a\r\nOrigin: https://other.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n")
	if refused := c.Want("of another origin", "204 No Content"); strings.Contains(refused.Octets, "Access-Control-Allow") {
		t.Errorf("got %v", refused)
	}
}
