package compat_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/gorilla/mux"
)

func gorillaMux() http.Handler {
	r := mux.NewRouter()
	r.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Route", mux.CurrentRoute(r).GetName())
			next.ServeHTTP(w, r)
		})
	}, mux.CORSMethodMiddleware(r))
	r.HandleFunc("/books/{title}/page/{page:[0-9]+}", func(w http.ResponseWriter, r *http.Request) {
		vars := mux.Vars(r)
		fmt.Fprint(w, vars["title"], " ", vars["page"])
	}).Methods("GET", "OPTIONS").Name("page")
	r.HandleFunc("/query", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, mux.Vars(r)) }).Queries("q", "{q}").Name("query")
	r.HandleFunc("/host", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "127") }).Host("127.0.0.1").Name("host")
	r.HandleFunc("/json", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(201) }).Headers("Content-Type", "application/json")
	r.PathPrefix("/sub").Subrouter().StrictSlash(true).HandleFunc("/a/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL) })
	return r
}

func TestGorillaMux(t *testing.T) {
	each(t, gorillaMux, func(t *testing.T, s *site) {
		want(t, "Vars", s.get(t, "/books/go/page/7", 200), "go 7")
		want(t, "Queries", s.get(t, "/query?q=a%20b", 200), "map[q:a b]")
		want(t, "Host", s.get(t, "/host", 200), "127")
		s.get(t, "/books/go/page/seven", 404)
		s.get(t, "/sub/a", 301)
	})
	alike(t, gorillaMux, nil, get("/books/go/page/7"), head("/books/go/page/7"), post("/books/go/page/7", "x"),
		exchange{"OPTIONS", "/books/go/page/7", "", nil}, get("/query?q=1&r=2"), get("/none"), get("/sub/a"), get("/sub/a/?b"), get("//sub//a/"),
		post("/json", "{}", "Content-Type", "application/json"), post("/json", "{}"))
}
