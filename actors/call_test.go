package actors

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// do makes a call, and returns what it came to in one line.
func (k *kit) do(request *Request) string {
	k.t.Helper()
	response, err := k.server.Do(context.Background(), request)
	if err != nil {
		return "error " + err.Error()
	}
	return fmt.Sprintf("%d %s", response.Status, response.Body)
}

func TestACallIsAnExchangeWithoutASocket(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.Limits.Body = 100 })
		var l lives
		k.serve("/one", One(l.produce, Named("one")))
		k.serve("GET /rooms/{room}", PerKey("room", l.produce, Named("rooms")))
		k.serve("POST /echo", answering(func(r *Request) *Response {
			return r.Text(201, r.Host()+" "+r.Field("X-A")+" "+r.Query().Get("q")+" "+string(r.Body)).With("X-B", "b").With("X-B", "c")
		}), MaxBody(10), After(func(_ *Request, response *Response) { response.With("X-After", "yes") }),
			Before(func(r *Request) *Response {
				if r.Field("X-A") == "stop" {
					return r.Status(403)
				}
				return nil
			}))
		k.serve("/stream", answering(func(r *Request) *Response {
			pieces := []string{"a", "b", "c"}
			return r.Stream(200, nil, actor.PropsFromFunc(onDemand(func(ctx actor.Context, demand *ReadBody) {
				piece := demand.Data([]byte(pieces[0]))
				pieces = pieces[1:]
				piece.End = len(pieces) == 0
				ctx.Respond(piece)
			})))
		}))
		k.serve("/large", answering(func(r *Request) *Response { return r.Bytes(200, "", make([]byte, 200<<10)) }))
		k.serve("/broken", answering(func(r *Request) *Response {
			return r.Stream(200, nil, actor.PropsFromFunc(onDemand(func(ctx actor.Context, demand *ReadBody) { ctx.Stop(ctx.Self()) })))
		}))
		k.serve("/endless", answering(func(r *Request) *Response {
			return r.Stream(200, nil, actor.PropsFromFunc(onDemand(func(ctx actor.Context, demand *ReadBody) { ctx.Respond(demand.Data(make([]byte, 60))) })))
		}))
		k.serve("POST /pull", actor.PropsFromFunc(pullThenAnswerPath), StreamBody())
		k.serve("/crash", answering(func(*Request) *Response { panic("asked to") }))
		k.serve("/late", mute(), HandlerTimeout(time.Second))
		k.serve("/odd", answering(func(r *Request) *Response { return r.Text(200, "").With("a b", "c") }))
		echo := NewRequest("POST", "http://h.example/echo?q=x", []byte("body")).With("X-A", "a")
		for _, test := range []struct {
			request *Request
			want    string
		}{
			{NewRequest("GET", "/one", nil), `200 router/one "" visit 1`},
			{NewRequest("GET", "/rooms/red", nil), `200 router/rooms/red "red" visit 1`},
			{NewRequest("GET", "/rooms/red", nil), `200 router/rooms/red "red" visit 2`},
			{echo, "201 h.example a x body"}, {echo, "201 h.example a x body"},
			{NewRequest("POST", "/echo", nil).With("X-A", "stop"), "403 "},
			{NewRequest("POST", "/echo", make([]byte, 11)), "413 "},
			{NewRequest("PUT", "/echo", nil), "405 "},
			{NewRequest("GET", "/nowhere", nil), "404 "},
			{NewRequest("GET", "/stream", nil), "200 abc"},
			{NewRequest("HEAD", "/stream", nil), "200 "},
			{NewRequest("GET", "/large", nil), "200 \x00"},
			{NewRequest("GET", "/broken", nil), "error actors: Do: the content of the response broke off"},
			{NewRequest("GET", "/endless", nil), "error actors: Do: the content of the response broke off: it is larger"},
			{NewRequest("POST", "/pull", []byte("content")), "200 content"},
			{NewRequest("GET", "/crash", nil), "500 "},
			{NewRequest("GET", "/late", nil), "504 "},
			{NewRequest("GET", "/odd", nil), "500 "},
			{NewRequest("GET", "no path", nil), "error actors: Do: "},
			{NewRequest("GET", "/x HTTP/1.1\r\nHost: a\r\n\r\nGET /y", nil), "error actors: Do: "},
			{NewRequest("GET", "/one", nil).With("A", "b\r\n\r\n"), "error actors: Do: "},
			{NewRequest("G T", "/one", nil), "error actors: Do: "},
			{NewRequest("GET", "/one", nil).With("Content-Length", "3"), "error actors: Do: the field Content-Length"},
		} {
			if got := k.do(test.request); !strings.HasPrefix(got, test.want) {
				t.Errorf("%s %s: want %q, got %q", test.request.Method(), test.request.head.Target.Raw, test.want, got)
			}
		}
		response, err := k.server.Do(context.Background(), echo)
		if err != nil || response.Fields.Get("X-After") != "yes" || len(response.Fields.Values("X-B")) != 2 || response.ContentType == "" {
			t.Errorf("got %v, %v", response, err)
		}
		if k.log.count("INFO exchange actor=call$1 exchange=1 id=", "target=/one", "route=/one") != 1 {
			t.Errorf("want it in the log, got %q", k.log.written())
		}
		k.start() // a listener comes later
		k.peer.send(ask("GET", "/one"))
		k.peer.want("it is the same actor", "HTTP/1.1 200", "visit 2")
		if left := k.server.env.leftovers(); len(left) > 30 {
			t.Errorf("these are left: %q", left)
		}
	})
}

// pullThenAnswerPath pulls the content, and answers with it.
func pullThenAnswerPath(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *Request:
		ctx.Request(message.ReplyTo(), message.ReadBody())
	case *BodyRead:
		message.Request.Reply(message.Request.Bytes(200, "", message.Bytes))
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		ended := make(chan error, 1)
		k.serve("/late", actor.PropsFromFunc(func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				go func() { <-r.Context().Done(); ended <- context.Cause(r.Context()) }()
			}
		}))
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		begun := time.Now()
		if _, err := k.server.Do(ctx, NewRequest("GET", "/late", nil)); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != time.Second {
			t.Errorf("got %v after %v", err, time.Since(begun))
		}
		if why := <-ended; !errors.Is(why, ErrClientGone) {
			t.Errorf("want the handler told, got %v", why)
		}
	})
}

// A drain lets calls finish, and takes no new ones.
func TestACallAndADrain(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		k.serve("/slow", answering(func(r *Request) *Response { time.Sleep(time.Second); return r.Text(200, "") }))
		var calls sync.WaitGroup
		calls.Go(func() {
			if got := k.do(NewRequest("GET", "/slow", nil)); got != "200 " {
				t.Errorf("got %q", got)
			}
		})
		k.wait(soon)
		ended := k.shutdown(context.Background())
		k.wait(soon)
		if _, err := k.server.Do(context.Background(), NewRequest("GET", "/slow", nil)); !errors.Is(err, ErrServerClosed) {
			t.Errorf("want it refused, got %v", err)
		}
		calls.Wait()
		k.wait(drainGrace)
		wantError(t, "it waited for the call", ended, nil)
	})
}

// At half of the time to drain, those who work for a call are told, as for a connection. The error names unfinished
// calls.
func TestACallIsHastened(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		told := make(chan error, 1)
		k.serve("/late", actor.PropsFromFunc(func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				go func() { <-r.Context().Done(); told <- context.Cause(r.Context()) }()
			}
		}))
		go k.server.Do(context.Background(), NewRequest("GET", "/late", nil))
		k.wait(soon)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		begun, ended := time.Now(), k.shutdown(ctx)
		if why := <-told; !errors.Is(why, ErrDraining) || time.Since(begun) > 6*time.Second {
			t.Errorf("got %v after %v", why, time.Since(begun))
		}
		unfinished, ok := errors.AsType[*UnfinishedError](<-ended)
		if !ok || len(unfinished.Actors) != 1 || !strings.HasPrefix(unfinished.Actors[0], "call$") {
			t.Errorf("want the call named, got %v", unfinished)
		}
	})
}

// No call outlives its server.
func TestACallEndsWithTheServer(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		k.serve("/endless", answering(func(r *Request) *Response { return r.Stream(200, nil, mute()) }))
		k.serve("/late", mute())
		var calls sync.WaitGroup
		for _, path := range []string{"/endless", "/late"} {
			calls.Go(func() {
				if got := k.do(NewRequest("GET", path, nil)); !strings.HasPrefix(got, "error") && !strings.HasPrefix(got, "503") {
					t.Errorf("%s: got %q", path, got)
				}
			})
		}
		k.wait(soon)
		k.server.Close()
		calls.Wait()
	})
}
