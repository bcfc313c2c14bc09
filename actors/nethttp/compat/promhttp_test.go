package compat_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func instrumented() http.Handler {
	registry := prometheus.NewRegistry()
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "requests_total"}, []string{"code", "method"})
	sizes := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "response_size_bytes", Buckets: []float64{10, 100}}, nil)
	registry.MustRegister(requests, sizes)
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.Handle("/work", promhttp.InstrumentHandlerCounter(requests, promhttp.InstrumentHandlerResponseSize(sizes,
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(201)
			fmt.Fprint(w, "some")
			if err := http.NewResponseController(w).Flush(); err != nil {
				panic(err)
			}
			fmt.Fprint(w, " work")
		}))))
	return mux
}

func TestPromhttp(t *testing.T) {
	each(t, instrumented, func(t *testing.T, s *site) {
		want(t, "the content", s.get(t, "/work", 201), "some work")
		metrics := s.get(t, "/metrics", 200)
		wantIn(t, metrics, `requests_total{code="201",method="get"} 1`)
		wantIn(t, metrics, `response_size_bytes_bucket{le="10"} 1`)
		response, octets := s.do(t, "GET", "/metrics", "", "Accept-Encoding", "gzip")
		want(t, "Content-Encoding", response.Header.Get("Content-Encoding"), "gzip")
		want(t, "the same, compressed", gunzip(t, octets), metrics)
	})
	alike(t, instrumented, nil, get("/work"), post("/work", "x"), get("/metrics"), get("/metrics", "Accept", "application/openmetrics-text"), head("/work"))
}
