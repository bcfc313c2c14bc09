package actors

import (
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// Handlers ask other actors with their request, in every possible way: the actor that has the request is responsible
// for it, and no other.

var hello = func(r *Request) *Response { return r.Text(200, "hello") }

// onRequest is an actor that does this with a request, and what it is sent.
func onRequest(do func(ctx actor.Context, r *Request)) *actor.Props {
	return actorOf(func(ctx actor.Context) {
		switch message := ctx.Message().(type) {
		case *Request:
			do(ctx, message)
		case *Response:
			ctx.Send(message.request.ReplyTo(), message)
		case func(actor.Context):
			message(ctx)
		}
	})
}

// busyFor is a message that keeps an actor of onRequest busy.
func busyFor(d time.Duration) func(actor.Context) {
	return func(actor.Context) { time.Sleep(d) }
}

func TestWhoAsksAnotherIsAnswerable(t *testing.T) {
	asked := func(do func(ctx actor.Context, r *Request)) func(ctx actor.Context, r *Request) {
		return func(ctx actor.Context, r *Request) { ctx.Request(ctx.Spawn(onRequest(do)), r) }
	}
	future := func(ctx actor.Context, r *Request) *actor.Future {
		return ctx.RequestFuture(ctx.Spawn(answering(hello)), r, time.Minute)
	}
	reenter := func(do func(ctx actor.Context, r *Request, response any)) func(ctx actor.Context, r *Request) {
		return func(ctx actor.Context, r *Request) {
			ctx.ReenterAfter(future(ctx, r), func(response any, _ error) { do(ctx, r, response) })
		}
	}
	for name, test := range map[string]struct {
		do   func(ctx actor.Context, r *Request)
		then func(actor.Context) // sent to the handler
		want string
	}{
		"by a future": {do: reenter(func(ctx actor.Context, r *Request, response any) {
			ctx.Send(r.ReplyTo(), response)
		}), want: "HTTP/1.1 200"},
		"by a future, and crashes behind it": {do: reenter(func(actor.Context, *Request, any) { panic("asked to") }), want: "HTTP/1.1 500"},
		"by a future, and stops behind it":   {do: reenter(func(ctx actor.Context, _ *Request, _ any) { stopNow(ctx) }), want: "HTTP/1.1 503"},
		"by a future, keeps it and crashes": {
			do: func(ctx actor.Context, r *Request) { future(ctx, r).Result() }, then: crashNow, want: "HTTP/1.1 500",
		},
		"the child answers by Request, and stops": {do: asked(func(ctx actor.Context, r *Request) {
			ctx.Request(ctx.Sender(), hello(r))
			stopNow(ctx)
		}), want: "HTTP/1.1 200"},
		"the child answers, and crashes behind that": {do: asked(func(ctx actor.Context, r *Request) {
			ctx.Respond(hello(r))
			panic("too late")
		}), want: "HTTP/1.1 200"},
		"the child passes the answer of its own child on": {do: asked(asked(func(ctx actor.Context, r *Request) {
			ctx.Respond(hello(r))
			stopNow(ctx)
		})), want: "HTTP/1.1 200"},
		"an auditor gets a copy, and stops": {do: func(ctx actor.Context, r *Request) {
			response := hello(r)
			ctx.Send(ctx.Spawn(actorOf(func(ctx actor.Context) { stopNow(ctx) })), response)
			time.Sleep(soon)
			ctx.Respond(response)
		}, want: "HTTP/1.1 200"},
		"an auditor gets a copy, and crashes": {do: func(ctx actor.Context, r *Request) {
			response := hello(r)
			ctx.Send(ctx.Spawn(actorOf(func(ctx actor.Context) {
				if _, ok := ctx.Message().(*Response); ok {
					panic("asked to")
				}
			})), response)
			time.Sleep(soon)
			ctx.Respond(response)
		}, want: "HTTP/1.1 200"},
		"it stashes the request twice and crashes, as often as it is there": {do: func(ctx actor.Context, r *Request) {
			if ctx.Stash(); r.progress.begun.Load() > 0 {
				ctx.Stash()
			}
		}, then: stopNow, want: "HTTP/1.1 503"},
		"it stashes the request and crashes on it": {do: func(ctx actor.Context, _ *Request) {
			ctx.Stash()
			panic("asked to")
		}, want: "HTTP/1.1 500"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/", onRequest(test.do))
				k.peer.send(get)
				k.wait(2 * soon)
				if test.then != nil {
					k.tell("router//", test.then)
				}
				k.wait(2 * soon)
				k.peer.want(name, test.want)
				k.peer.wantIdle("once")
			})
		})
	}
}

// If several actors have the same request, it belongs to the one that still works on it.
func TestTheLastOfManyThatWereAskedHasTheRequest(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/", actorOf(func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				quick := ctx.Spawn(onRequest(func(ctx actor.Context, r *Request) {
					time.Sleep(2 * soon)
					ctx.Respond(hello(r))
				}))
				slow, _ := ctx.SpawnNamed(c.props(), "slow")
				ctx.Request(quick, r)
				time.Sleep(soon) // or the other may have taken it first
				ctx.Request(slow, r)
			}
		}))
		k.peer.send(get)
		k.wait(time.Second)
		k.peer.wantIdle("one has answered")
		k.tell("router///slow", crashNow)
		k.peer.want("the other will not", "HTTP/1.1 500")
	})
}

// The asker may end before its answer comes.
func TestAnAnswerForAnAskerThatEnds(t *testing.T) {
	for name, end := range map[string]func(actor.Context){"it crashes": crashNow, "it stops": stopNow} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := &clerk{}
				k.serve("/", onRequest(func(ctx actor.Context, r *Request) {
					ctx.Request(ctx.Spawn(actorOf(func(ctx actor.Context) {
						switch ctx.Message().(type) {
						case *Request:
							c.receive(ctx)
						case *actor.Stopping:
							ctx.Send(ctx.Parent(), c.kept[0].Text(200, "last words"))
						}
					})), r)
					ctx.Send(ctx.Spawn(onRequest(nil)), busyFor(20*time.Second)) // holds the end of its parent up
				}))
				k.peer.send(get)
				k.wait(soon)
				k.tell("router//", end)
				k.wait(childrenTime + soon)
				k.peer.want("nobody will pass it on for long", "HTTP/1.1 50")
			})
		})
	}
	t.Run("it has stopped, and the worker has not", func(t *testing.T) {
		bubble(t, func(k *kit) {
			k.serve("/", actorOf(func(ctx actor.Context) {
				switch ctx.Message().(type) {
				case *actor.Started:
					ctx.SpawnNamed(onRequest(func(ctx actor.Context, r *Request) {
						time.Sleep(4 * soon)
						ctx.Respond(hello(r))
					}), "worker")
				case *Request:
					worker := ctx.Children()[0]
					asker := ctx.Spawn(onRequest(func(ctx actor.Context, r *Request) { ctx.Request(worker, r) }))
					ctx.Forward(asker)
					time.Sleep(soon)
					ctx.Send(asker, stopNow)
				}
			}))
			k.peer.send(get)
			k.wait(time.Second)
			k.peer.want("its answer is lost", "HTTP/1.1 503")
		})
	})
}

// A copy of a response that reaches nobody must not spoil the source that it shares with the other.
func TestACopyOfAStreamForNobody(t *testing.T) {
	bubble(t, func(k *kit) {
		made := 0
		k.serve("/", onRequest(func(ctx actor.Context, r *Request) {
			stopped := false
			response := r.Stream(200, nil, actorOf(func(ctx actor.Context) {
				switch demand := ctx.Message().(type) {
				case *actor.Started:
					made++
				case *ReadBody:
					if stopped {
						panic("it is closed")
					}
					ctx.Respond(demand.End(nil))
				case *actor.Stopping:
					stopped = true
				}
			}))
			auditor := ctx.Spawn(actorOf(func(actor.Context) {}))
			ctx.Stop(auditor)
			ctx.Send(auditor, response)
			ctx.Send(ctx.ActorSystem().NewLocalPID("nobody"), response)
			ctx.Respond(response)
		}))
		k.peer.send(get)
		k.wait(time.Second)
		if octets := string(k.peer.in); !strings.HasSuffix(octets, "0\r\n\r\n") || made != 1 {
			t.Errorf("want the stream whole and its source made once, got %q, %d times", octets, made)
		}
	})
}
