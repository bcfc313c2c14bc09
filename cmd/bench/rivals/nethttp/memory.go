package nethttp

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/certificate"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/wire"
)

// memoryServer has the limits of Troupe's, as far as net/http has them: it cannot limit how much content is held, how
// slowly it comes, or how many requests wait.
func memoryServer() *http.Server {
	limits := wire.Limits{}.WithDefaults()
	say := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, site.Greeting) // the handler need not care about a client that has gone
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+site.HealthPath, say)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", site.GreetingType)
		say(w, r)
	})
	mux.HandleFunc("GET "+site.CollectPath, func(w http.ResponseWriter, r *http.Request) {
		withoutDeadline(w)
		debug.FreeOSMemory()
		say(w, r)
	})
	mux.Handle("/stuck/{time}", withContent(&stuck{}))
	mux.Handle("/late/{time}", http.TimeoutHandler(withContent(&stuck{}), site.LateTime, "too late\n"))
	mux.Handle("POST /upload", withContent(http.HandlerFunc(say)))
	mux.HandleFunc("GET /octets/{octets}", writeZeros)
	mux.HandleFunc("GET /wait", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("GET /silent", beSilent)
	return &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0),
		ReadHeaderTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: limits.RequestLine + limits.FieldSection}
}

func serveMemory(listener net.Listener) error { return memoryServer().Serve(listener) }

func serveMemoryTLS(listener net.Listener) error {
	return certificate.With(func(certFile, keyFile string) error {
		return memoryServer().ServeTLS(listener, certFile, keyFile)
	})
}

// withContent reads the content before it calls the handler, as Troupe does by default.
func withContent(handler http.Handler) http.Handler {
	most := int64(wire.Limits{}.WithDefaults().Body)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			http.Error(w, "content too large", http.StatusRequestEntityTooLarge)
			return
		case err != nil:
			http.Error(w, "incomplete content", http.StatusBadRequest)
			return
		}
		handler.ServeHTTP(w, r)
		runtime.KeepAlive(content) // a handler holds the content while it runs
	})
}

// stuck has state, and is slow with it.
type stuck struct{ state sync.Mutex }

// ServeHTTP answers after as long as the path says.
func (s *stuck) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	pause, err := time.ParseDuration(r.PathValue("time"))
	if err != nil {
		http.Error(w, "the time is one like 2s", http.StatusBadRequest)
		return
	}
	s.state.Lock()
	defer s.state.Unlock()
	time.Sleep(pause)
	_, _ = io.WriteString(w, site.Greeting)
}

func writeZeros(w http.ResponseWriter, r *http.Request) {
	octets, err := strconv.ParseInt(r.PathValue("octets"), 10, 64)
	if err != nil || octets < 0 {
		http.Error(w, "the number is one like 1000", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Length", r.PathValue("octets"))
	_, _ = io.CopyN(w, site.Zeros{}, octets)
}

// beSilent sends something, and then nothing more.
func beSilent(w http.ResponseWriter, r *http.Request) {
	control := withoutDeadline(w)
	_, _ = io.WriteString(w, site.Greeting)
	_ = control.Flush() // a gone client is noticed below
	<-r.Context().Done()
}

// withoutDeadline removes the deadline of a response.
func withoutDeadline(w http.ResponseWriter) *http.ResponseController {
	control := http.NewResponseController(w)
	if err := control.SetWriteDeadline(time.Time{}); err != nil {
		panic(err)
	}
	return control
}
