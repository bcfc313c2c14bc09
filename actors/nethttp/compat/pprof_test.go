package compat_test

import (
	"net/http"
	"net/http/pprof"
	"testing"
)

func profiles() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}

func TestPprof(t *testing.T) {
	each(t, profiles, func(t *testing.T, s *site) {
		wantIn(t, s.get(t, "/debug/pprof/", 200), "full goroutine stack dump")
		wantIn(t, s.get(t, "/debug/pprof/goroutine?debug=2", 200), "goroutine 1 [")
		wantIn(t, s.get(t, "/debug/pprof/goroutine?debug=1", 200), "goroutine profile: total")
		wantIn(t, gunzip(t, s.get(t, "/debug/pprof/heap", 200)), "alloc_space")
		wantIn(t, gunzip(t, s.get(t, "/debug/pprof/profile?seconds=1", 200)), "cpu")
		wantIn(t, s.get(t, "/debug/pprof/trace?seconds=0.1", 200), "go 1.2")
		s.get(t, "/debug/pprof/none", 404)
	})
	alike(t, profiles, nil, get("/debug/pprof/cmdline"), get("/debug/pprof/none"), post("/debug/pprof/symbol", "0x1"), head("/debug/pprof/cmdline"))
}
