package nethttp

import (
	"io"
	"net"
	"net/http"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// servePlacements uses functions as handlers: net/http has no other placement.
func servePlacements(listener net.Listener) error {
	greet := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", site.GreetingType)
		_, _ = io.WriteString(w, site.Greeting) // the handler need not care about a client that has gone
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+site.HealthPath, greet)
	mux.HandleFunc("GET "+site.FuncPath+"{key}", greet)
	mux.HandleFunc("GET "+site.BlockPath, func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(site.BlockTime)
		greet(w, r)
	})
	return (&http.Server{Handler: mux}).Serve(listener)
}
