package actors

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// noPieces are what a source sends instead of a piece of its content, as functions of the demand.
var noPieces = map[string]func(*ReadBody) any{
	"made by hand":               func(*ReadBody) any { return &BodyRead{Bytes: []byte("hello")} },
	"made by hand, and empty":    func(*ReadBody) any { return &BodyRead{} },
	"a nil piece":                func(*ReadBody) any { return (*BodyRead)(nil) },
	"by value":                   func(demand *ReadBody) any { return *demand.Data([]byte("hello")) },
	"that of another request":    func(*ReadBody) any { return (&ReadBody{&Request{}}).Data([]byte("hello")) },
	"text":                       func(*ReadBody) any { return "hello" },
	"octets":                     func(*ReadBody) any { return []byte("hello") },
	"an error":                   func(*ReadBody) any { return errors.New("no database") },
	"nil":                        func(*ReadBody) any { return nil },
	"a response":                 func(demand *ReadBody) any { return demand.request.Text(200, "hello") },
	"a response made by hand":    func(*ReadBody) any { return &Response{Status: 500} },
	"a nil response":             func(*ReadBody) any { return (*Response)(nil) },
	"the request that is served": func(demand *ReadBody) any { return demand.request },
}

// A wrong piece used to leave the client waiting for ever, and Shutdown with it.
func TestAPieceThatIsNoneBreaksTheStreamOff(t *testing.T) {
	for what, piece := range noPieces {
		for way, send := range waysToAnswer {
			t.Run(what+" by "+way, func(t *testing.T) {
				wantBrokenOff(t, fmt.Sprintf("%T", piece(&ReadBody{&Request{}})), func(ctx actor.Context, demand *ReadBody) {
					send(ctx, demand.request, piece(demand))
				})
			})
		}
	}
	for name, test := range map[string]struct {
		what string
		do   func(ctx actor.Context, demand *ReadBody)
	}{
		"an actor that it was forwarded to": {"string", func(ctx actor.Context, _ *ReadBody) {
			ctx.Forward(ctx.Spawn(actorOf(func(ctx actor.Context) {
				if _, ok := ctx.Message().(*ReadBody); ok {
					ctx.Respond("hello")
				}
			})))
		}},
		"a future that fails": {"*errors.errorString", func(ctx actor.Context, _ *ReadBody) {
			ctx.RequestFuture(ctx.ActorSystem().NewLocalPID("gone"), "question", time.Minute).PipeTo(ctx.Sender())
		}},
	} {
		t.Run(name, func(t *testing.T) { wantBrokenOff(t, test.what, test.do) })
	}
}

// The error of a source is foreign: it may be large, or impossible to print.
func TestAnErrorOfASourceIsCut(t *testing.T) {
	for name, err := range map[string]error{
		"a large one":       errors.New(strings.Repeat("x", large)),
		"one that panics":   erring(func() string { panic("again") }),
		"one that is nil":   (*nilError)(nil),
		"one that is quick": errors.New("no database"),
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/", answering(func(r *Request) *Response {
					return r.Stream(200, nil, actorOf(func(ctx actor.Context) {
						if demand, ok := ctx.Message().(*ReadBody); ok {
							ctx.Respond(demand.Fail(err))
						}
					}))
				}))
				k.peer.send(get)
				k.wait(soon)
				k.peer.wantBroken("the content is not complete")
				octets := 0
				for _, line := range k.log.written() {
					octets += len(line)
				}
				if octets > 8<<10 || k.log.count("WARN response broken off") != 1 || k.log.count("ERROR") > 0 {
					t.Errorf("want one line of some KiB, got %d octets", octets)
				}
			})
		})
	}
}

// wantBrokenOff has a source do that with its second demand: the stream is broken off at once, with a line that says
// what came, and all goes on.
func wantBrokenOff(t *testing.T, what string, do func(ctx actor.Context, demand *ReadBody)) {
	t.Helper()
	bubble(t, func(k *kit) {
		source := func(bad bool) *actor.Props {
			pieces := 0
			return actorOf(func(ctx actor.Context) {
				demand, ok := ctx.Message().(*ReadBody)
				switch {
				case !ok:
				case pieces == 0:
					pieces++
					ctx.Respond(demand.Data([]byte("hello")))
				case bad:
					do(ctx, demand)
				default:
					ctx.Respond(demand.End(nil))
				}
			})
		}
		k.serve("/{what}", answering(func(r *Request) *Response { return r.Stream(200, nil, source(r.Path() == "/bad")) }))
		begun := time.Now()
		k.peer.send(ask("GET", "/bad"))
		k.wait(soon)
		k.peer.wantBroken("the content is not complete")
		if took := time.Since(begun); took > 2*soon {
			t.Errorf("want it at once, took %v", took)
		}
		if n := k.log.count("WARN response broken off actor=listener/connection$1 ", "route=/{what}", " a "+what, "Data, End and Fail"); n != 1 {
			t.Errorf("want one line that names the %s, got %q", what, k.log.written())
		}
		if n := k.log.count("ERROR"); n != 0 {
			t.Errorf("want nothing to have failed, got %q", k.log.written())
		}
		good := k.dial()
		good.send(ask("GET", "/good"))
		if octets := string(good.in); !strings.HasSuffix(octets, "5\r\nhello\r\n0\r\n\r\n") {
			t.Errorf("want the next stream whole, got %q", octets)
		}
		good.end()
		k.wantQuickEnd("nothing holds the end up")
	})
}

// wantBroken wants the stream to have ended within a response.
func (p *peer) wantBroken(why string) {
	p.k.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil || strings.HasSuffix(string(p.in), "0\r\n\r\n") {
		p.k.t.Errorf("%s: want it broken off, got %q (%v)", why, p.in, p.err)
	}
	p.in = nil
}

// A source that works on another goroutine answers from there.
func TestAPieceFromAnotherGoroutine(t *testing.T) {
	bubble(t, func(k *kit) {
		pieces := 0
		k.serve("/", answering(func(r *Request) *Response {
			return r.Stream(200, nil, actorOf(func(ctx actor.Context) {
				if demand, ok := ctx.Message().(*ReadBody); ok {
					ctx.Send(ctx.Self(), "what the actor is at meanwhile")
					go func() {
						time.Sleep(time.Second)
						if pieces++; pieces < 3 {
							ctx.Respond(demand.Data([]byte("hello")))
							return
						}
						ctx.Respond(demand.End(nil))
					}()
				}
			}))
		}))
		k.peer.send(get)
		k.wait(time.Minute)
		if octets := string(k.peer.in); !strings.HasSuffix(octets, "5\r\nhello\r\n5\r\nhello\r\n0\r\n\r\n") {
			t.Errorf("want the stream whole, got %q, %q", octets, k.log.written())
		}
	})
}
