package actors

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/asynkron/protoactor-go/actor"
)

// What a filter leaves may be nothing that HTTP allows, and a filter may end its goroutine. Each request has one answer
// all the same, over both links, and the server drains.
func TestFiltersThatGoAstray(t *testing.T) {
	bubble(t, func(k *kit) {
		after := map[string]func(*Request, *Response){
			"/content-of-204": func(r *Request, response *Response) { *response = *r.Text(204, "gone\n") },
			"/empty":          func(_ *Request, response *Response) { *response = Response{} },
			"/interim":        func(r *Request, response *Response) { *response = *r.Status(100) },
			"/exit":           func(*Request, *Response) { runtime.Goexit() },
			"/panic":          func(*Request, *Response) { panic("asked to") },
		}
		for path, filter := range after {
			k.serve(path, saying("ok"), After(filter))
		}
		k.serve("/exit-before", saying("ok"), Before(func(*Request) *Response { runtime.Goexit(); return nil }))
		k.serve("/other", saying("ok"), After(func(r *Request, response *Response) { *response = *r.Text(201, "other") }))
		for _, path := range []string{"/content-of-204", "/empty", "/interim", "/exit", "/panic", "/exit-before"} {
			client := k.dial()
			client.send(ask("GET", path))
			client.want(path+" over the wire", "HTTP/1.1 500")
			if got := k.do(NewRequest("GET", path, nil)); !strings.HasPrefix(got, "500") {
				t.Errorf("%s by a call: got %q", path, got)
			}
		}
		k.peer.send(ask("GET", "/other"))
		k.peer.want("a filter may replace the response", "HTTP/1.1 201", "other")
		ended := k.shutdown(context.Background())
		k.wait(2 * lingerTimeout)
		wantError(t, "nothing hangs", ended, nil)
	})
}

// A stream that a filter replaces is made and stopped: it may hold a file open.
func TestAStreamThatAFilterReplaces(t *testing.T) {
	bubble(t, func(k *kit) {
		var made, stopped atomic.Int32
		k.serve("/", answering(func(r *Request) *Response {
			return r.Stream(200, nil, actor.PropsFromProducer(func() actor.Actor {
				made.Add(1)
				return actor.ReceiveFunc(func(ctx actor.Context) {
					if _, ok := ctx.Message().(*actor.Stopped); ok {
						stopped.Add(1)
					}
				})
			}))
		}), After(func(r *Request, response *Response) { *response = *r.Text(403, "no") }))
		k.peer.send(ask("GET", "/"))
		k.peer.want("the filter answers", "HTTP/1.1 403", "no")
		if got := k.do(NewRequest("GET", "/", nil)); got != "403 no" {
			t.Errorf("by a call: got %q", got)
		}
		k.wait(soon)
		if made.Load() != 2 || stopped.Load() != 2 {
			t.Errorf("want both made and stopped, got %d and %d", made.Load(), stopped.Load())
		}
	})
}

// A CORS preflight request is answered by the filters of the route that it announces, and never by the handler.
func TestPreflightRequestsReachTheFilters(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		cors := Options(Before(func(r *Request) *Response {
			if r.Method() == "OPTIONS" && r.Field("Origin") == "https://known.example" {
				return r.Status(204).With("Access-Control-Allow-Methods", "POST")
			}
			return nil
		}), After(func(_ *Request, response *Response) { response.With("Vary", "Origin") }))
		api := k.server.Group("/api", cors)
		api.Handle("POST /things/{id}", Func(func(r *Request) *Response { return r.Text(200, "by the handler") }), StreamBody())
		api.Handle("GET /own", Func(func(r *Request) *Response { return r.Text(200, "x") }))
		api.Handle("OPTIONS /own", Func(func(r *Request) *Response { return r.Text(200, "own options") }))
		k.server.Handle("/open/", Func(func(r *Request) *Response { return r.Text(200, "any method") }), cors)
		k.server.Handle("PUT /open/shut", Func(func(r *Request) *Response { return r.Status(200) }))
		k.server.Handle("/rest/", Func(func(r *Request) *Response { return r.Text(200, "its own business") }))
		k.server.Handle("POST /rest/known", Func(func(r *Request) *Response { return r.Status(200) }), cors)
		for _, test := range []struct{ origin, method, path, want, vary string }{
			{"https://known.example", "POST", "/open/x", "204 ", "Origin"},
			{"https://known.example", "PUT", "/open/shut", "204 ", ""},
			{"https://other.example", "POST", "/open/x", "200 any method", "Origin"},
			{"https://known.example", "GET", "/rest/x", "200 its own business", ""},
			{"https://known.example", "POST", "/rest/known", "204 ", "Origin"},
			{"https://known.example", "POST", "/api/things/7", "204 ", "Origin"},
			{"https://other.example", "POST", "/api/things/7", "204 ", "Origin"},
			{"https://known.example", "GET", "/api/things/7", "204 ", ""},
			{"https://known.example", "POST", "/none", "404 ", "Accept"},
			{"https://other.example", "GET", "/api/own", "200 own options", "Origin"},
			{"https://known.example", "A B", "/api/things/7", "204 ", ""},
		} {
			request := NewRequest("OPTIONS", test.path, nil).With("Origin", test.origin).With("Access-Control-Request-Method", test.method)
			response, err := k.server.Do(context.Background(), request)
			if err != nil {
				t.Fatal(err)
			}
			allowed := response.Fields.Get("Access-Control-Allow-Methods") != ""
			if got := fmt.Sprintf("%d %s", response.Status, response.Body); !strings.HasPrefix(got, test.want) || response.Fields.Get("Vary") != test.vary ||
				allowed != (test.origin == "https://known.example" && test.method == "POST" && test.want == "204 ") {
				t.Errorf("%+v: got %s %v", test, got, response.Fields)
			}
		}
		c := k.dial()
		c.send("OPTIONS /api/things/7 HTTP/1.1\r\nHost: h\r\nOrigin: https://known.example\r\nAccess-Control-Request-Method: POST\r\n\r\n")
		c.want("the same over the wire", "HTTP/1.1 204", "Access-Control-Allow-Methods: POST", "Vary: Origin")
		c.send("OPTIONS /api/things/7 HTTP/1.1\r\nHost: h\r\nOrigin: https://other.example\r\nAccess-Control-Request-Method: POST\r\n\r\n")
		c.want("one that the filters let pass", "HTTP/1.1 204", "Allow: OPTIONS, POST")
	})
}
