// Mounted is one server of a chi router, metrics, files and a proxy.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
	"github.com/troupe-go/troupe/actors/nethttp"
)

func newServer(files, upstream string) (*actors.Server, error) {
	router := chi.NewRouter()
	router.Use(middleware.RequestID, middleware.Recoverer)
	router.Get("/chi/{name}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "hello %s\n", chi.URLParam(r, "name"))
	})
	directory, err := handlers.Directory(files, handlers.FilesOptions{})
	if err != nil {
		return nil, err
	}
	proxy, err := handlers.Proxy(upstream, handlers.ProxyOptions{})
	if err != nil {
		return nil, err
	}
	server := actors.NewServer(actors.Config{})
	server.Handle("/chi/", nethttp.Handler(router), actors.StreamBody())
	server.Handle("GET /metrics", nethttp.Handler(promhttp.Handler()))
	server.Handle("GET /files/{path...}", directory)
	server.Handle("/", proxy, actors.StreamBody())
	return server, nil
}

func main() {
	server, err := newServer(".", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(server.ListenAndServe("127.0.0.1:8080"))
}
