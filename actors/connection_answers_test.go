package actors

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// noAnswers are what people send instead of a response, as functions of the request.
var noAnswers = map[string]func(*Request) any{
	"made by hand":             func(*Request) any { return &Response{Status: 200} },
	"made by hand, and empty":  func(*Request) any { return &Response{} },
	"by value":                 func(r *Request) any { return *r.Text(200, "hello") },
	"text":                     func(*Request) any { return "text" },
	"a number":                 func(*Request) any { return 200 },
	"an error":                 func(*Request) any { return errors.New("no database") },
	"an error that panics":     func(*Request) any { return (*wrappedError)(nil) },
	"nil":                      func(*Request) any { return nil },
	"a nil response":           func(*Request) any { return (*Response)(nil) },
	"that of net/http":         func(*Request) any { return &http.Response{StatusCode: 200} },
	"the request":              func(r *Request) any { return r },
	"the request in a message": func(r *Request) any { return &task{r} },
	"a piece":                  func(r *Request) any { return &BodyRead{Request: r, End: true} },
	"a piece of no request":    func(*Request) any { return &BodyRead{} },
	"a piece by value":         func(*Request) any { return BodyRead{} },
	"an order of ours":         func(*Request) any { return &hasten{} },
}

// A wrappedError is nil, and does not mind that.
type wrappedError struct{ error }

// waysToAnswer are how people send it.
var waysToAnswer = map[string]func(ctx actor.Context, r *Request, answer any){
	"Respond":                func(ctx actor.Context, _ *Request, answer any) { ctx.Respond(answer) },
	"Send to the sender":     func(ctx actor.Context, _ *Request, answer any) { ctx.Send(ctx.Sender(), answer) },
	"Send to the connection": func(ctx actor.Context, r *Request, answer any) { ctx.Send(r.ReplyTo(), answer) },
	"Send in an envelope": func(ctx actor.Context, r *Request, answer any) {
		ctx.Send(r.ReplyTo(), &actor.MessageEnvelope{Message: answer, Sender: ctx.Self()})
	},
	"Request": func(ctx actor.Context, r *Request, answer any) { ctx.Request(r.ReplyTo(), answer) },
	"RequestWithCustomSender": func(ctx actor.Context, r *Request, answer any) {
		ctx.RequestWithCustomSender(r.ReplyTo(), answer, ctx.Self())
	},
	"RequestFuture": func(ctx actor.Context, r *Request, answer any) {
		ctx.RequestFuture(r.ReplyTo(), answer, time.Second)
	},
}

// A wrong answer used to cause 30 s of silence, or a crash of the connection.
func TestAnAnswerThatIsNoneIs500AtOnce(t *testing.T) {
	for what, answer := range noAnswers {
		for way, send := range waysToAnswer {
			t.Run(what+" by "+way, func(t *testing.T) {
				wantRefused(t, "router//{what}", fmt.Sprintf("%T", answer(unknown)), func(ctx actor.Context, r *Request) {
					send(ctx, r, answer(r))
				})
			})
		}
	}
}

// unknown is a request whose answer matters only by its type.
var unknown = &Request{}

func TestAnAnswerOfAnotherActorThatIsNone(t *testing.T) {
	child := func(do func(ctx actor.Context, r *Request)) func(actor.Context) *actor.PID {
		return func(ctx actor.Context) *actor.PID {
			child, _ := ctx.SpawnNamed(actorOf(func(ctx actor.Context) {
				switch message := ctx.Message().(type) {
				case *Request:
					do(ctx, message)
				case *task:
					do(ctx, message.request)
				}
			}), "child")
			return child
		}
	}
	text := child(func(ctx actor.Context, _ *Request) { ctx.Respond("text") })
	byHand := child(func(ctx actor.Context, _ *Request) { ctx.Respond(&Response{Status: 200}) })
	silent := child(func(actor.Context, *Request) {})
	for name, test := range map[string]struct {
		do   func(ctx actor.Context, r *Request)
		from string // beyond the handler
		what string
	}{
		"a child that it was forwarded to": {func(ctx actor.Context, _ *Request) { ctx.Forward(text(ctx)) }, "/child", "string"},
		"a child that carries it":          {func(ctx actor.Context, r *Request) { ctx.Send(byHand(ctx), &task{r}) }, "/child", "*actors.Response"},
		"a future of a child": {func(ctx actor.Context, r *Request) {
			ctx.RequestFuture(text(ctx), r, time.Minute).PipeTo(ctx.Sender())
		}, "/child", "string"},
		"a future that fails at once": {func(ctx actor.Context, r *Request) {
			ctx.RequestFuture(ctx.ActorSystem().NewLocalPID("gone"), "question", time.Minute).PipeTo(ctx.Sender())
		}, "", "*errors.errorString"},
		"a future that has failed": {func(ctx actor.Context, r *Request) {
			future := ctx.RequestFuture(silent(ctx), "question", 0)
			future.Wait()
			future.PipeTo(r.ReplyTo())
		}, "", "*errors.errorString"},
		"the root": {func(ctx actor.Context, r *Request) {
			ctx.ActorSystem().Root.Send(r.ReplyTo(), map[string]int{"status": 200})
		}, "", "map[string]int"},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefused(t, "router//{what}"+test.from, test.what, test.do)
		})
	}
}

// A response or request that was kept for the next client must not reach that client.
func TestTheResponseToAnotherRequestIs500AtOnce(t *testing.T) {
	for name, keep := range map[string]func(*Request) func() *Response{
		"a response that was kept": func(r *Request) func() *Response {
			kept := r.Text(200, "hello")
			return func() *Response { return kept }
		},
		"a request that was kept": func(r *Request) func() *Response { return func() *Response { return r.Text(200, "hello") } },
	} {
		for way, send := range waysToAnswer {
			t.Run(name+" by "+way, func(t *testing.T) {
				var response func() *Response
				wantRefused(t, "router//{what}", "*actors.Response", func(ctx actor.Context, r *Request) {
					if response == nil {
						response = keep(r)
						ctx.Respond(response())
						return
					}
					send(ctx, r, response())
				}, ask("GET", "/first"))
			})
		}
	}
	t.Run("by a function without state", func(t *testing.T) {
		bubble(t, func(k *kit) {
			var kept *Response
			k.serve("/", Func(func(r *Request) *Response {
				if kept == nil {
					kept = r.Text(200, "hello")
				}
				return kept
			}))
			k.peer.send(get)
			k.peer.want("the first", "HTTP/1.1 200")
			k.peer.send(get)
			k.peer.want("it is not the second's", "HTTP/1.1 500")
		})
	})
}

// wantQuickEnd wants a Shutdown to end at once when its client has ended its side.
func (k *kit) wantQuickEnd(why string) {
	k.t.Helper()
	k.peer.end()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ended := k.shutdown(ctx)
	k.wait(soon)
	wantError(k.t, why, ended, nil)
}

// wantRefused has a handler do that with a request, which is then answered 500 at once; with a line that says what
// came from whom; and all goes on. Other requests come before that.
func wantRefused(t *testing.T, from, what string, do func(ctx actor.Context, r *Request), before ...string) {
	t.Helper()
	bubble(t, func(k *kit) {
		k.serve("/{what}", actorOf(func(ctx actor.Context) {
			r, ok := ctx.Message().(*Request)
			switch {
			case !ok:
			case r.Path() == "/good":
				ctx.Respond(hello(r))
			default:
				do(ctx, r)
			}
		}))
		for _, octets := range before {
			k.peer.send(octets)
			k.peer.want("the first", "HTTP/1.1 200")
		}
		begun := time.Now()
		k.peer.send(ask("GET", "/bad"))
		k.peer.want("no answer is the handler's mistake", "HTTP/1.1 500", "\r\nConnection: close\r\n")
		k.peer.wantClosed("the answer may still come")
		if took := time.Since(begun); took > soon {
			t.Errorf("want it at once, took %v", took)
		}
		if n := k.log.count("ERROR response refused actor="+from+" ", "route=/{what}", "type="+what+" ", "request.Text(200, text)"); n != 1 {
			t.Errorf("want one line that names %s and its %s, got %q", from, what, k.log.written())
		}
		if n := k.log.count("ERROR"); n != 1 {
			t.Errorf("want nothing else to have failed, got %q", k.log.written())
		}
		good := k.dial()
		good.send(ask("GET", "/good"))
		good.want("the handler goes on", "HTTP/1.1 200", "hello")
		good.end()
		k.wantQuickEnd("nothing holds the end up")
	})
}
