package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// bad is the item on which every handler panics.
const bad = "bad"

const poisoned = "as the request told it to"

// servePoison logs as it would by default, to nowhere.
func servePoison(listener net.Listener) error {
	server := actors.NewServer(wide(io.Discard))
	handleHealth(server)
	server.Handle("GET /function/{item}", handlers.Func(func(r *actors.Request) *actors.Response {
		if r.Param("item") == bad {
			panic(poisoned)
		}
		return r.Text(200, greeting)
	}))
	server.Handle("GET /actor/{item}", actor.PropsFromProducer(func() actor.Actor { return &shelf{} }))
	return server.Serve(listener)
}

// A shelf counts what was taken from it.
type shelf struct{ taken int }

func (s *shelf) Receive(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		if request.Param("item") == bad {
			panic(poisoned)
		}
		s.taken++
		ctx.Respond(request.Text(200, fmt.Sprintln(s.taken)))
	}
}

func serveNetHTTPPoison(listener net.Listener) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+healthPath, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, health)
	})
	mux.HandleFunc("GET /function/{item}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("item") == bad {
			panic(poisoned)
		}
		_, _ = io.WriteString(w, greeting)
	})
	server := &http.Server{Handler: mux, ErrorLog: log.New(formatted{}, "", log.LstdFlags)}
	return server.Serve(listener)
}

// formatted is nowhere. What goes to io.Discard is not even formatted by package log, and that is a
// part of what a crash costs.
type formatted struct{}

func (formatted) Write(p []byte) (int, error) { return len(p), nil }
