package actors

import (
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

func TestInterimResponsesComeFirst(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/hints", Func(func(r *Request) *Response {
			r.Interim(103, Fields{{"Link", "</style.css>; rel=preload"}})
			r.Interim(102, nil)
			time.Sleep(time.Second)
			r.Reply(r.Text(200, "late\n"))
			r.Interim(103, nil)
			return nil
		}))
		k.serve("/forbidden", Func(func(r *Request) *Response {
			r.Interim(103, Fields{{"Content-Length", "7"}})
			return r.Text(200, "ok")
		}))
		k.serve("/switch", Func(func(r *Request) *Response { r.Interim(101, nil); return r.Text(200, "ok") }))
		k.peer.send(ask("GET", "/hints"))
		k.peer.mu.Lock()
		got := string(k.peer.in)
		k.peer.in = nil
		k.peer.mu.Unlock()
		if want := "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"; got != want {
			t.Errorf("before the response: %q", got)
		}
		k.wait(time.Second)
		k.peer.want("then the response", "HTTP/1.1 200", "late")
		k.peer.wantIdle("an interim response after the response is dropped")
		k.peer.send(ask("GET", "/forbidden"))
		k.peer.want("what HTTP forbids is left out", "HTTP/1.1 200", "ok")
		if k.log.count("ERROR response refused", "Content-Length") != 1 {
			t.Error(k.log.written())
		}
		k.peer.send(ask("GET", "/switch"))
		k.peer.want("101 is a mistake", "HTTP/1.1 500")
		old := k.dial()
		old.send("GET /hints HTTP/1.0\r\n\r\n")
		old.wantIdle("HTTP/1.0 has no interim responses")
		k.wait(time.Second)
		old.want("but the response", "HTTP/1.1 200", "late")
		if got := k.do(NewRequest("GET", "/hints", nil)); got != "200 late\n" {
			t.Error(got)
		}
	})
}

func TestAHandlerMayGiveAnExchangeUp(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/at-once", Func(func(r *Request) *Response { r.Abort("it was broken"); return nil }))
		k.serve("/actor", answering(func(r *Request) *Response {
			r.Abort("it was broken")
			return r.Text(200, "too late")
		}))
		k.serve("/within", Func(func(r *Request) *Response {
			r.Reply(r.Stream(200, nil, actor.PropsFromFunc(onDemand(func(ctx actor.Context, demand *ReadBody) {
				if demand != nil {
					ctx.Respond(demand.Data([]byte("some")))
					r.Abort("it was broken")
				}
			}))))
			return nil
		}))
		k.serve("/panics", Func(func(r *Request) *Response { r.Abort("it was broken"); panic("asked to") }))
		for path, want := range map[string]string{"/at-once": "", "/actor": "", "/within": "4\r\nsome\r\n", "/panics": ""} {
			c := k.dial()
			c.send(ask("GET", path))
			k.wait(0)
			c.mu.Lock()
			got, err := string(c.in), c.err
			c.mu.Unlock()
			if _, content, _ := strings.Cut(got, "\r\n\r\n"); content != want || err == nil {
				t.Errorf("%s: got %q, %v", path, got, err)
			}
			if got := k.do(NewRequest("GET", path, nil)); !strings.Contains(got, "error ") || !strings.Contains(got, "it was broken") {
				t.Errorf("%s by a call: %s", path, got)
			}
		}
		if n := k.log.count("WARN response broken off", "it was broken"); n < 4 {
			t.Errorf("%d lines: %q", n, k.log.written())
		}
	})
}
