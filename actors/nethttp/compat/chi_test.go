package compat_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

func chiRouter() http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.RequestLogger(quiet{}), middleware.RequestID)
	r.Use(middleware.RealIP) //lint:ignore SA1019 many still use it
	r.Use(middleware.Recoverer, middleware.Compress(5), middleware.Timeout(50*time.Millisecond))
	r.Get("/hi/{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, strings.Repeat("hi "+chi.URLParam(r, "name")+"\n", 2000))
	})
	r.Get("/who", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.RemoteAddr, " ", middleware.GetReqID(r.Context()))
	})
	r.Get("/panic", func(http.ResponseWriter, *http.Request) { panic("asked to") })
	r.Get("/slow", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	r.Get("/flush", func(w http.ResponseWriter, r *http.Request) {
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		fmt.Fprint(ww, "a")
		if err := http.NewResponseController(ww).Flush(); err != nil {
			panic(err)
		}
		fmt.Fprintf(ww, "b%d%d", ww.Status(), ww.BytesWritten())
	})
	r.Post("/up", func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n, err)
	})
	r.Route("/admin", func(r chi.Router) {
		r.Use(middleware.BasicAuth("admins", map[string]string{"ann": "secret"}))
		r.Get("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "in") })
	})
	r.Mount("/mounted", http.StripPrefix("/mounted", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.Path) })))
	return r
}

// quiet is a log that says nothing.
type quiet struct{}

func (quiet) NewLogEntry(*http.Request) middleware.LogEntry           { return quiet{} }
func (quiet) Write(int, int, http.Header, time.Duration, interface{}) {}
func (quiet) Panic(interface{}, []byte)                               {}

func TestChi(t *testing.T) {
	each(t, chiRouter, func(t *testing.T, s *site) {
		want(t, "the pieces", s.get(t, "/flush", 200), "ab2001")
		response, text := s.do(t, "GET", "/hi/ann", "", "Accept-Encoding", "gzip")
		want(t, "Content-Encoding", response.Header.Get("Content-Encoding"), "gzip")
		want(t, "the text", gunzip(t, text), strings.Repeat("hi ann\n", 2000))
		_, text = s.do(t, "GET", "/who", "", "X-Real-IP", "192.0.2.7", "X-Request-Id", "r7")
		want(t, "RealIP, RequestID", text, "192.0.2.7 r7")
		s.get(t, "/panic", 500)
		s.get(t, "/slow", 504)
		_, text = s.do(t, "POST", "/up", strings.Repeat("x", 3<<20))
		want(t, "an upload", text, "3145728 <nil>")
	})
	alike(t, chiRouter, nil, get("/hi/x"), get("/hi/x", "Accept-Encoding", "gzip"), head("/hi/x"), get("/panic"), get("/slow"),
		get("/none"), exchange{"DELETE", "/up", "", nil}, get("/admin/"), get("/admin/", "Authorization", "Basic YW5uOnNlY3JldA=="),
		get("/mounted/a%20b"), get("/hi/a%2Fb"))
}
