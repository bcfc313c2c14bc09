package compat_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/rs/cors"
)

func crossOrigin() http.Handler {
	c := cors.New(cors.Options{
		AllowedOrigins: []string{"https://a.example", "https://*.b.example"}, AllowedMethods: []string{"GET", "PUT"},
		AllowedHeaders: []string{"X-Key"}, ExposedHeaders: []string{"X-Count"}, AllowCredentials: true, MaxAge: 60,
	})
	return c.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "content") }))
}

func TestCORS(t *testing.T) {
	preflight := func(origin, method string) exchange {
		return exchange{"OPTIONS", "/", "", []string{"Origin", origin, "Access-Control-Request-Method", method, "Access-Control-Request-Headers", "x-key"}}
	}
	each(t, crossOrigin, func(t *testing.T, s *site) {
		e := preflight("https://x.b.example", "PUT")
		response, _ := s.do(t, e.method, e.path, "", e.fields...)
		wantStatus(t, response, 204)
		want(t, "the origin", response.Header.Get("Access-Control-Allow-Origin"), "https://x.b.example")
		response, content := s.do(t, "GET", "/", "", "Origin", "https://c.example")
		want(t, "another origin", response.Header.Get("Access-Control-Allow-Origin"), "")
		want(t, "the content", content, "content")
	})
	alike(t, crossOrigin, nil, get("/"), get("/", "Origin", "https://a.example"), get("/", "Origin", "https://evil.example"), preflight("https://a.example", "PUT"),
		preflight("https://a.example", "DELETE"), preflight("https://c.example", "GET"), exchange{"OPTIONS", "/", "", nil})
}
