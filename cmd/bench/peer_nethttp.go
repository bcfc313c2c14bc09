package main

import (
	"io"
	"net"
	"net/http"
)

// serveNetHTTP is net/http as most programs use it: a ServeMux and the default settings, which
// know no idle timeout.
func serveNetHTTP(listener net.Listener) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", greetingType)
		_, _ = io.WriteString(w, greeting) // a peer that has gone is no concern of the handler
	})
	server := &http.Server{Handler: mux}
	return server.Serve(listener)
}
