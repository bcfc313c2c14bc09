package handlers_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

func ExampleProxy() {
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s for %s", r.URL.Path, r.Header.Get("X-Tenant"))
	}))
	defer old.Close()
	proxy, err := handlers.Proxy(old.URL, handlers.ProxyOptions{
		Change: func(_ *actors.Request, to *http.Request) { to.Header.Set("X-Tenant", "north") },
	})
	if err != nil {
		log.Fatal(err)
	}
	server := quiet()
	defer server.Close()
	server.Handle("/", proxy, actors.StreamBody())

	show(server, "GET", "/items/7", "")
	// Output: 200 /items/7 for north
}
