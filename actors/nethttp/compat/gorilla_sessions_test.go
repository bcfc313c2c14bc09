package compat_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/gorilla/sessions"
)

func counting() http.Handler {
	store := sessions.NewCookieStore([]byte("01234567890123456789012345678901"))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, err := store.Get(r, "visits")
		if err != nil {
			http.Error(w, "a forged cookie", 400)
			return
		}
		n, _ := session.Values["n"].(int)
		session.Values["n"] = n + 1
		session.AddFlash("seen")
		if err := session.Save(r, w); err != nil {
			panic(err)
		}
		fmt.Fprint(w, n)
	})
}

func TestGorillaSessions(t *testing.T) {
	each(t, counting, func(t *testing.T, s *site) {
		wantCounting(t, s)
		response, _ := s.do(t, "GET", "/", "", "Cookie", "visits=forged")
		wantStatus(t, response, 400)
	})
	alike(t, counting, []string{"Set-Cookie"}, get("/"), get("/", "Cookie", "visits=x"), head("/"))
}

// wantCounting wants a session that counts the requests with its cookie.
func wantCounting(t *testing.T, s *site) {
	t.Helper()
	var cookie string
	for i := range 3 {
		response, text := s.do(t, "GET", "/", "", "Cookie", cookie)
		want(t, "visits", text, fmt.Sprint(i))
		for _, c := range response.Cookies() {
			cookie = c.Name + "=" + c.Value
		}
	}
}
