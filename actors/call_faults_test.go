package actors

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// calls makes a call in the background, and returns what it came to.
func (k *kit) calls() <-chan error {
	called := make(chan error, 1)
	go func() {
		_, err := k.server.Do(context.Background(), NewRequest("GET", "/", nil))
		called <- err
	}()
	return called
}

// A call waits in a line for no longer than a client does.
func TestACallWaitsInLineAsAClientDoes(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.MaxQueueWait = 500 * time.Millisecond })
		k.serve("/", answering(func(r *Request) *Response { time.Sleep(4 * time.Second); return r.Text(200, "") }))
		k.peer.send(ask("GET", "/"))
		k.wait(soon)
		begun := time.Now()
		if got := k.do(NewRequest("GET", "/", nil)); !strings.HasPrefix(got, "503") || time.Since(begun) > 600*time.Millisecond {
			t.Errorf("got %q after %v", got, time.Since(begun))
		}
		k.wait(5 * time.Second)
	})
}

// A call ends when Close gives up an actor that does not return; so does every other Shutdown.
func TestACallEndsWhenCloseGivesUp(t *testing.T) {
	bubble(t, func(k *kit) {
		goOn := make(chan struct{})
		k.serve("/", answering(func(r *Request) *Response { <-goOn; return r.Text(200, "") }), HandlerTimeout(-1))
		k.start()
		called := k.calls()
		k.wait(soon)
		patient := k.shutdown(context.Background())
		k.server.Close()
		wantError(t, "the call", called, ErrServerClosed)
		if _, unfinished := errors.AsType[*UnfinishedError](<-patient); !unfinished {
			t.Error("want the other Shutdown to say what is unfinished")
		}
		close(goOn)
		k.wait(time.Second)
		wantError(t, "once all have ended, nothing is unfinished", k.shutdown(context.Background()), nil)
	})
}

// A stream that is collected may have no end: it hears of the drain at once, as over the wire.
func TestAStreamingCallHearsOfTheDrain(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", answering(func(r *Request) *Response {
			return r.Stream(200, nil, actor.PropsFromFunc(onDemand(func(ctx actor.Context, demand *ReadBody) {
				<-r.Context().Done()
				ctx.Respond(demand.Fail(context.Cause(r.Context())))
			})))
		}))
		k.start()
		called := k.calls()
		k.wait(soon)
		ended := k.shutdown(context.Background())
		wantError(t, "the call", called, ErrDraining)
		k.wait(drainGrace)
		wantError(t, "the drain", ended, nil)
	})
}

// Text from elsewhere never becomes a field, a method or a target of its own.
func TestACallTakesNoInjection(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", answering(func(r *Request) *Response { return r.Text(200, r.Field("X-Admin")) }))
		k.start()
		for name, request := range map[string]*Request{
			"a value":           NewRequest("GET", "/", nil).With("X-Name", "ali\r\nX-Admin: yes"),
			"a value with LF":   NewRequest("GET", "/", nil).With("X-Name", "ali\nX-Admin: yes"),
			"a name":            NewRequest("GET", "/", nil).With("X-A: b\r\nX-Admin", "yes"),
			"a name and colon":  NewRequest("GET", "/", nil).With("X-Admin: yes", "no"),
			"a target":          NewRequest("GET", "/ HTTP/1.1\r\nX-Admin: yes\r\nX-Rest:", nil),
			"a method":          NewRequest("GET / HTTP/1.1\r\nX-Admin: yes\r\nX-Rest:", "/", nil),
			"an empty name":     NewRequest("GET", "/", nil).With("", "yes"),
			"white space":       NewRequest("GET", "/", nil).With("X-Admin ", "yes"),
			"a field of ours":   NewRequest("GET", "/", nil).With("transfer-encoding", "chunked"),
			"a second Host":     NewRequest("GET", "/", nil).With("Host", "a").With("Host", "b"),
			"a folded value":    NewRequest("GET", "/", nil).With("X-Name", "a\r\n b"),
			"a control of text": NewRequest("GET", "/", nil).With("X-Name", "a\x00b"),
		} {
			if got := k.do(request); !strings.HasPrefix(got, "error actors: Do: ") {
				t.Errorf("%s: got %q", name, got)
			}
		}
		if got := k.do(NewRequest("GET", "/", nil).With("X-Admin", " yes\t")); got != "200 yes" {
			t.Errorf("white space around a value does not count, got %q", got)
		}
	})
}

// A response is what a connection could have sent, or it is an error.
func TestACallReturnsWhatCanBeSent(t *testing.T) {
	bubble(t, func(k *kit) {
		pieces := func(text string) *actor.Props {
			return actor.PropsFromFunc(onDemand(func(ctx actor.Context, demand *ReadBody) {
				piece := demand.Data([]byte(text))
				piece.End = true
				ctx.Respond(piece)
			}))
		}
		for path, stream := range map[string]func(*Request) *Response{
			"/short": func(r *Request) *Response { return r.Stream(200, nil, pieces("abc")).WithLength(4) },
			"/long":  func(r *Request) *Response { return r.Stream(200, nil, pieces("abc")).WithLength(2) },
			"/right": func(r *Request) *Response { return r.Stream(200, nil, pieces("abc")).WithLength(3) },
			"/no-source": func(r *Request) *Response {
				return r.Stream(200, nil, actor.PropsFromProducer(func() actor.Actor { panic("no file") }))
			},
			"/exit": func(r *Request) *Response {
				return r.Stream(200, nil, actor.PropsFromProducer(func() actor.Actor { runtime.Goexit(); return nil }))
			},
			"/whole": func(r *Request) *Response { return r.Text(200, "abc") },
			"/wrong": func(r *Request) *Response { return r.Text(200, "abc").With("a b", "c") },
		} {
			k.serve(path, answering(stream))
		}
		k.start()
		for _, test := range []struct{ method, path, want string }{
			{"GET", "/short", "error actors: Do: the content of the response broke off: less content"},
			{"GET", "/long", "error actors: Do: the content of the response broke off: more content"},
			{"GET", "/right", "200 abc"},
			{"GET", "/no-source", "error actors: Do: the content of the response broke off: its source"},
			{"GET", "/exit", "error actors: Do: the content of the response broke off: its source"},
			{"HEAD", "/right", "200 "}, {"HEAD", "/whole", "200 "}, {"HEAD", "/wrong", "500 "},
		} {
			got := k.do(NewRequest(test.method, test.path, nil))
			if !strings.HasPrefix(got, test.want) || test.method == "HEAD" && got != test.want {
				t.Errorf("%s %s: want %q, got %q", test.method, test.path, test.want, got)
			}
		}
	})
}
