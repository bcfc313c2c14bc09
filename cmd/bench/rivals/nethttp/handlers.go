package nethttp

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// serveHandlers serves the same with net/http.
func serveHandlers(listener net.Listener) error {
	debug.SetGCPercent(400)
	if err := site.WriteFiles("."); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+site.FilesPath, http.StripPrefix(site.FilesPath, http.FileServer(http.Dir("."))))
	mux.HandleFunc("GET "+site.AdapterPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", site.GreetingType)
		_, _ = io.WriteString(w, site.Greeting)
	})
	if upstream := os.Getenv(site.UpstreamVariable); upstream != "" {
		target, err := url.Parse(upstream)
		if err != nil {
			return err
		}
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = 1000
		mux.Handle(site.ProxiedPath, &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.SetXForwarded()
		}})
	}
	events := &subscribers{all: make(map[chan string]bool)}
	mux.HandleFunc("GET "+site.EventsPath, events.listen)
	mux.HandleFunc("POST "+site.EventsPath, events.publish)
	mux.HandleFunc("GET "+site.HeapPath, func(w http.ResponseWriter, _ *http.Request) {
		debug.FreeOSMemory()
		debug.FreeOSMemory()
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		fmt.Fprint(w, memory.HeapAlloc+memory.StackInuse)
	})
	mux.HandleFunc("GET "+site.HealthPath, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, site.Health) })
	return (&http.Server{Handler: mux}).Serve(listener)
}

// subscribers are the clients that listen to events.
type subscribers struct {
	mu      sync.Mutex
	all     map[chan string]bool
	dropped int
}

func (s *subscribers) listen(w http.ResponseWriter, r *http.Request) {
	events := make(chan string, 64)
	s.mu.Lock()
	s.all[events] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.all, events)
		s.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	w.(http.Flusher).Flush()
	for {
		select {
		case data := <-events:
			fmt.Fprintf(w, "data: %s\n\n", data)
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

func (s *subscribers) publish(w http.ResponseWriter, r *http.Request) {
	data, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	for events := range s.all {
		select {
		case events <- string(data):
		default:
			s.dropped++
		}
	}
	fmt.Fprint(w, s.dropped)
}
