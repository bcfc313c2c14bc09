package compat_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/alexedwards/scs/v2"
)

// manager cleans up for as long as the process lives.
var manager = scs.New()

func TestSCS(t *testing.T) {
	counting := func() http.Handler {
		return manager.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n := manager.GetInt(r.Context(), "n")
			manager.Put(r.Context(), "n", n+1)
			fmt.Fprint(w, n)
			if r.URL.Path == "/flush" {
				if err := http.NewResponseController(w).Flush(); err != nil {
					panic(err)
				}
			}
		}))
	}
	each(t, counting, func(t *testing.T, s *site) {
		wantCounting(t, s)
		response, text := s.do(t, "GET", "/flush", "")
		want(t, "flushed", text, "0")
		want(t, "cookies", len(response.Cookies()), 1)
	})
	alike(t, counting, []string{"Set-Cookie"}, get("/"), head("/"), get("/flush"))
}
