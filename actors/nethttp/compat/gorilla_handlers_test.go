package compat_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/handlers"
)

func TestGorillaHandlers(t *testing.T) {
	var log *lines
	wrapped := func() http.Handler {
		log = &lines{}
		mux := http.NewServeMux()
		mux.HandleFunc("/text", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, strings.Repeat("text ", 1000))
			w.(http.Flusher).Flush()
			io.WriteString(w, "end")
		})
		mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("asked to") })
		mux.Handle("/methods", handlers.MethodHandler{"GET": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RemoteAddr, r.URL.Scheme) })})
		mux.Handle("/json", handlers.ContentTypeHandler(http.NotFoundHandler(), "application/json"))
		recovering := handlers.RecoveryHandler(handlers.RecoveryLogger(discarded))(mux)
		return handlers.CombinedLoggingHandler(log, handlers.ProxyHeaders(handlers.CompressHandler(handlers.CORS()(recovering))))
	}
	each(t, wrapped, func(t *testing.T, s *site) {
		response, octets := s.do(t, "GET", "/text", "", "Accept-Encoding", "gzip", "User-Agent", "test")
		want(t, "Content-Encoding", response.Header.Get("Content-Encoding"), "gzip")
		want(t, "the text", gunzip(t, octets), strings.Repeat("text ", 1000)+"end")
		eventually(t, "a line in the log", func() bool { return strings.Contains(log.String(), `"GET /text HTTP/1.1" 200 `) })
		s.get(t, "/panic", 500)
		_, text := s.do(t, "GET", "/methods", "", "X-Forwarded-For", "192.0.2.7", "X-Forwarded-Proto", "https")
		want(t, "ProxyHeaders", text, "192.0.2.7https")
	})
	alike(t, wrapped, nil, get("/text"), get("/text", "Accept-Encoding", "gzip"), head("/text"), get("/panic"), post("/methods", "x"),
		exchange{"OPTIONS", "/methods", "", nil}, post("/json", "{}", "Content-Type", "text/json"),
		exchange{"OPTIONS", "/text", "", []string{"Origin", "http://a.example", "Access-Control-Request-Method", "GET"}})
}
