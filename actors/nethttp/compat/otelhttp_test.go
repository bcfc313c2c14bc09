package compat_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

func TestOtelhttp(t *testing.T) {
	var spans *tracetest.SpanRecorder
	traced := func() http.Handler {
		spans = tracetest.NewSpanRecorder()
		mux := http.NewServeMux()
		mux.HandleFunc("POST /items/{id}", func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.WriteHeader(201)
			fmt.Fprint(w, "made")
			w.(http.Flusher).Flush()
		})
		return otelhttp.NewHandler(mux, "server", otelhttp.WithPropagators(propagation.TraceContext{}),
			otelhttp.WithTracerProvider(trace.NewTracerProvider(trace.WithSpanProcessor(spans))))
	}
	attributes := map[bool][]string{}
	each(t, traced, func(t *testing.T, s *site) {
		response, _ := s.do(t, "POST", "/items/7", "content", "Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "User-Agent", "test")
		wantStatus(t, response, 201)
		eventually(t, "a span", func() bool { return len(spans.Ended()) == 1 })
		span := spans.Ended()[0]
		want(t, "the name", span.Name(), "POST /items/{id}")
		want(t, "the parent", span.Parent().SpanID().String(), "b7ad6b7169203331")
		for _, a := range span.Attributes() {
			switch a.Key {
			case "server.port", "network.peer.port": // different for each server
			case "http.route": // of Troupe's own route, as it would be under a ServeMux
			default:
				attributes[s.troupe] = append(attributes[s.troupe], fmt.Sprint(a.Key, "=", a.Value.AsInterface()))
			}
		}
	})
	if !slices.Equal(attributes[true], attributes[false]) || len(attributes[true]) < 8 {
		t.Errorf("attributes:\ngot  %q\nwant %q", attributes[true], attributes[false])
	}
}
