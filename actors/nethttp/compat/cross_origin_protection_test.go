package compat_test

import (
	"fmt"
	"net/http"
	"testing"
)

func protected() http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.AddTrustedOrigin("https://trusted.example")
	protection.AddInsecureBypassPattern("/hook/")
	return protection.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "let in") }))
}

func TestCrossOriginProtection(t *testing.T) {
	each(t, protected, func(t *testing.T, s *site) {
		for site, status := range map[string]int{"same-origin": 200, "none": 200, "cross-site": 403, "same-site": 403} {
			response, _ := s.do(t, "POST", "/", "x", "Sec-Fetch-Site", site)
			want(t, site, response.StatusCode, status)
		}
		response, _ := s.do(t, "POST", "/", "x", "Origin", s.url)
		wantStatus(t, response, 200)
	})
	alike(t, protected, nil, get("/", "Sec-Fetch-Site", "cross-site"), post("/", "x", "Origin", "https://evil.example"), post("/hook/a", "x", "Origin", "https://evil.example"),
		post("/", "x", "Sec-Fetch-Site", "cross-site", "Origin", "https://trusted.example"), post("/", "x"))
}
