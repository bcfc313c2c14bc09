// Package nethttp runs net/http as a rival.
package nethttp

import (
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/pires/go-proxyproto"
	"github.com/troupe-go/troupe/cmd/bench/internal/certificate"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// Serves holds what it can serve on a listener, by the name for --serve.
var Serves = map[string]func(net.Listener) error{
	"hello":      serveHello,
	"tls":        serveTLS,
	"proxied":    serveProxied,
	"work":       serveWork,
	"fair":       serveWork,
	"placements": servePlacements,
	"handlers":   serveHandlers,
	"poison":     servePoison,
	"memory":     serveMemory,
	"memory-tls": serveMemoryTLS,
}

// serveHello is net/http as most programs use it: a ServeMux and the default settings, which have no idle timeout.
func serveHello(listener net.Listener) error { return greeter().Serve(listener) }

func serveTLS(listener net.Listener) error {
	return greeter().ServeTLS(listener, certificate.CertFile, certificate.KeyFile)
}

func serveProxied(listener net.Listener) error {
	return greeter().Serve(&proxyproto.Listener{Listener: listener})
}

func greeter() *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", site.GreetingType)
		_, _ = io.WriteString(w, site.Greeting) // the handler need not care about a client that has gone
	})
	mux.HandleFunc("POST "+site.EchoPath, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", site.EchoType)
		_, _ = io.Copy(w, r.Body)
	})
	return &http.Server{Handler: mux}
}

// serveWork guards its state with a mutex, as a handler with state must. It is expected to run out of descriptors
// under overload, so it does not log that.
func serveWork(listener net.Listener) error {
	var state sync.Mutex
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+site.WorkPath, func(w http.ResponseWriter, _ *http.Request) {
		state.Lock()
		defer state.Unlock()
		time.Sleep(site.WorkTime)
		_, _ = io.WriteString(w, site.Greeting)
	})
	mux.HandleFunc("GET "+site.HealthPath, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, site.Health)
	})
	server := &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0)}
	return server.Serve(listener)
}
