package main

import (
	_ "embed"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

//go:embed pages/welcome.html
var welcomePage []byte

//go:embed pages/about.html
var aboutPage []byte

// A routeOf is a route of this program, and a text that says what it is for.
type routeOf struct {
	pattern, about string
	handler        *actors.Handler
	options        []actors.RouteOption
}

func newRoute(pattern, about string, handler *actors.Handler, options ...actors.RouteOption) routeOf {
	return routeOf{pattern, about, handler, options}
}

// handle gives the server its routes.
func handle(server *actors.Server, o options) ([]routeOf, error) {
	routes := []routeOf{
		newRoute("GET /{$}", "a welcome page", handlers.Static("text/html; charset=utf-8", welcomePage)),
		newRoute("GET /health", "whether the server is well", handlers.Static("application/json", []byte(`{"status": "healthy"}`)), actors.Vital()),
		newRoute("GET /ready", "whether it takes new connections", handlers.Ready(server), actors.Vital()),
		newRoute("GET /about", "what this is", handlers.Static("text/html; charset=utf-8", aboutPage)),
		newRoute("POST /echo", "the content of the request, sent back", actors.Func(echo)),
	}
	if o.site.root != "" { // only the checks stay
		files, err := o.site.route()
		if err != nil {
			return nil, err
		}
		routes = []routeOf{routes[1], routes[2], files}
	}
	if o.demo {
		routes = append(routes, demoRoutes()...)
	}
	routes = append(routes, ownRoutes()...)
	for _, r := range routes {
		server.Handle(r.pattern, r.handler, r.options...)
	}
	return routes, nil
}

// ownRoutes are for your own handlers, if you build this program with some: see README.md.
func ownRoutes() []routeOf {
	return []routeOf{}
}

func echo(r *actors.Request) *actors.Response {
	contentType := r.Field("Content-Type")
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	return r.Bytes(200, contentType, r.Body)
}
