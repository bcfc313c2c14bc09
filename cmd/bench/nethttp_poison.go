package main

import (
	"io"
	"log"
	"net"
	"net/http"
)

// serveNetHTTPPoison panics on a bad item, and logs as it would by default, to nowhere.
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
