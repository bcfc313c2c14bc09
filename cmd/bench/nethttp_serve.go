package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/pires/go-proxyproto"
)

// serveNetHTTP is net/http as most programs use it: a ServeMux and the default settings, which
// know no idle timeout.
func serveNetHTTP(listener net.Listener) error { return netHTTPGreeter().Serve(listener) }

func serveNetHTTPTLS(listener net.Listener) error {
	return netHTTPGreeter().ServeTLS(listener, certFile, keyFile)
}

func serveNetHTTPProxied(listener net.Listener) error {
	return netHTTPGreeter().Serve(&proxyproto.Listener{Listener: listener})
}

func netHTTPGreeter() *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", greetingType)
		_, _ = io.WriteString(w, greeting) // a peer that has gone is no concern of the handler
	})
	return &http.Server{Handler: mux}
}

// serveNetHTTPWork keeps others from the state with a mutex, as a handler with state has to. That it
// runs out of descriptors under overload is expected, and not worth a line each.
func serveNetHTTPWork(listener net.Listener) error {
	var state sync.Mutex
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+workPath, func(w http.ResponseWriter, _ *http.Request) {
		state.Lock()
		defer state.Unlock()
		time.Sleep(workTime)
		_, _ = io.WriteString(w, greeting)
	})
	mux.HandleFunc("GET "+healthPath, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, health)
	})
	server := &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0)}
	return server.Serve(listener)
}
