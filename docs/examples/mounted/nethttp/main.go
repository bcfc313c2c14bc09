// Mounted is one server of a chi router, metrics, files and a proxy, with net/http.
package main

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func newServer(files, upstream string) (http.Handler, error) {
	router := chi.NewRouter()
	router.Use(middleware.RequestID, middleware.Recoverer)
	router.Get("/chi/{name}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "hello %s\n", chi.URLParam(r, "name"))
	})
	root, err := os.OpenRoot(files)
	if err != nil {
		return nil, err
	}
	target, err := url.Parse(upstream)
	if err != nil {
		return nil, err
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.SetXForwarded()
	}}
	mux := http.NewServeMux()
	mux.Handle("/chi/", router)
	mux.Handle("GET /metrics", promhttp.Handler())
	mux.Handle("GET /files/", http.StripPrefix("/files/", http.FileServerFS(root.FS())))
	mux.Handle("/", proxy)
	return mux, nil
}

func main() {
	server, err := newServer(".", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", server))
}
