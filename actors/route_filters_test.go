package actors

import (
	"context"
	"runtime"
	"strings"
	"testing"
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
