package compat_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"
)

func serveMux() http.Handler {
	mux := http.NewServeMux()
	show := func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %q %q %q %s %s", r.Pattern, r.PathValue("id"), r.PathValue("rest"), r.URL.RawPath, r.URL, r.Host)
	}
	mux.HandleFunc("GET /item/{id}", show)
	mux.HandleFunc("GET /item/{id}/{rest...}", show)
	mux.HandleFunc("POST /item/{id}", func(w http.ResponseWriter, r *http.Request) {
		content, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %q %v", r.PathValue("id"), content, err)
	})
	mux.HandleFunc("/dir/", show)
	mux.HandleFunc("127.0.0.1/host", show)
	mux.HandleFunc("/exact/{$}", show)
	return mux
}

func TestServeMux(t *testing.T) {
	each(t, serveMux, func(t *testing.T, s *site) {
		wantIn(t, s.get(t, "/item/7/a%2Fb/c%20d", 200), `GET /item/{id}/{rest...} "7" "a/b/c d" "/item/7/a%2Fb/c%20d"`)
		response, _ := s.do(t, "PUT", "/item/7", "x")
		wantStatus(t, response, 405)
		want(t, "Allow", response.Header.Get("Allow"), "GET, HEAD, POST")
	})
	alike(t, serveMux, nil, get("/item/7"), head("/item/7"), get("/item/a%2Fb"), post("/item/8", "content"), get("/dir"), get("/dir/x?a=b;c&d"),
		get("//dir///x"), get("/host"), get("/exact/"), get("/exact/x"), get("/none"), exchange{"DELETE", "/item/7", "", nil},
		exchange{"OPTIONS", "/item/7", "", nil}, get("/item/%E2%82%AC/%ff"), get("/item/a+b"))
}
