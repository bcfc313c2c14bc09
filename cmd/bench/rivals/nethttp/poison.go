package nethttp

import (
	"io"
	"log"
	"net"
	"net/http"

	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// servePoison panics on a bad item. It formats its log as by default, and throws it away.
func servePoison(listener net.Listener) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+site.HealthPath, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, site.Health)
	})
	mux.HandleFunc("GET /function/{item}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("item") == site.Bad {
			panic(site.Poisoned)
		}
		_, _ = io.WriteString(w, site.Greeting)
	})
	server := &http.Server{Handler: mux, ErrorLog: log.New(formatted{}, "", log.LstdFlags)}
	return server.Serve(listener)
}

// formatted throws its input away. Package log does not even format lines for io.Discard, and formatting is part of
// the cost of a crash.
type formatted struct{}

// Write does nothing.
func (formatted) Write(p []byte) (int, error) { return len(p), nil }
