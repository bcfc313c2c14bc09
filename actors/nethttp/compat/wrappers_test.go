package compat_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func wrappers() http.Handler {
	read := func(w http.ResponseWriter, r *http.Request) {
		content, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		fmt.Fprint(w, r.URL.Path, " ", len(content), " ", r.FormValue("a"), r.FormValue("b"))
	}
	slow := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Never", "sent")
		io.WriteString(w, "never sent")
		<-r.Context().Done()
	}
	mux := http.NewServeMux()
	mux.Handle("/strip/", http.StripPrefix("/strip", http.HandlerFunc(read)))
	mux.Handle("/slow", http.TimeoutHandler(http.HandlerFunc(slow), 20*time.Millisecond, "too slow"))
	mux.Handle("/quick", http.TimeoutHandler(http.HandlerFunc(read), time.Minute, "too slow"))
	mux.Handle("/panics", http.TimeoutHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), time.Minute, ""))
	mux.Handle("/max", http.MaxBytesHandler(http.HandlerFunc(read), 1000))
	mux.Handle("/semicolons", http.AllowQuerySemicolons(http.HandlerFunc(read)))
	mux.Handle("/redirect", http.RedirectHandler("/elsewhere", http.StatusTemporaryRedirect))
	mux.Handle("/gone", http.NotFoundHandler())
	return mux
}

func TestWrappers(t *testing.T) {
	each(t, wrappers, func(t *testing.T, s *site) {
		want(t, "TimeoutHandler", s.get(t, "/slow", 503), "too slow")
		want(t, "StripPrefix", s.get(t, "/strip/a/b", 200), "/a/b 0 ")
		want(t, "AllowQuerySemicolons", s.get(t, "/semicolons?a=1;b=2", 200), "/semicolons 0 12")
		response, text := s.do(t, "POST", "/max", strings.Repeat("x", 1001))
		wantStatus(t, response, 413)
		want(t, "MaxBytesHandler", text, "http: request body too large\n")
	})
	alike(t, wrappers, nil, get("/strip/a%20b?a=c"), get("/quick"), head("/quick"), post("/quick", "content"), post("/max", strings.Repeat("x", 1000)),
		get("/semicolons?a=1;b=2"), get("/redirect"), get("/gone"), get("/slow"), head("/slow"), get("/panics"))
}
