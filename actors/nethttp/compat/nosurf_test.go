package compat_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/justinas/nosurf"
)

func guarded() http.Handler {
	h := nosurf.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, nosurf.Token(r))
	}))
	h.SetIsTLSFunc(func(r *http.Request) bool { return r.TLS != nil })
	return h
}

func TestNosurf(t *testing.T) {
	each(t, guarded, func(t *testing.T, s *site) {
		response, token := s.do(t, "GET", "/", "")
		cookie := response.Cookies()[0].Name + "=" + response.Cookies()[0].Value
		form := url.Values{nosurf.FormFieldName: {token}}.Encode()
		for what, test := range map[string]struct {
			status int
			fields []string
		}{
			"with its cookie":     {200, []string{"Origin", s.url, "Cookie", cookie}},
			"of another origin":   {400, []string{"Origin", "http://evil.example", "Cookie", cookie}},
			"without its cookie":  {400, []string{"Origin", s.url}},
			"with another cookie": {400, []string{"Origin", s.url, "Cookie", "csrf_token=AAAA"}},
		} {
			response, _ := s.do(t, "POST", "/", form, append(test.fields, "Content-Type", "application/x-www-form-urlencoded")...)
			want(t, what, response.StatusCode, test.status)
		}
	})
	alike(t, guarded, []string{"Set-Cookie"}, head("/"), post("/", "x"), post("/", "x", "Origin", "http://evil.example"))
}
