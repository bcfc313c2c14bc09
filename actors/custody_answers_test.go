package actors

import (
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// asking is a handler that asks a child for each request, and passes its answer on.
func asking(child func(ctx actor.Context)) *actor.Props {
	return actorOf(func(ctx actor.Context) {
		switch message := ctx.Message().(type) {
		case *Request:
			ctx.Request(ctx.Spawn(actorOf(child)), message)
		case *Response:
			time.Sleep(time.Millisecond) // it adds something
			ctx.Send(message.request.ReplyTo(), message)
		case func(actor.Context):
			message(ctx)
		}
	})
}

// A child that has answered its parent is done: the receiver of the answer has the request.
func TestAChildThatAnswersItsParentMayStop(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", asking(func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				ctx.Respond(r.Text(200, "hello"))
				ctx.Stop(ctx.Self())
			}
		}))
		k.peer.send(get)
		k.wait(time.Second)
		k.peer.want("the child was done, and its parent answers", "HTTP/1.1 200", "hello")
		k.peer.wantIdle("once")
	})
}

// If the receiver of an answer ends, the answer on its way from another actor is lost.
func TestAnAnswerThatIsLostOnItsWay(t *testing.T) {
	for name, test := range map[string]struct {
		boss func(actor.Context)
		want string
	}{
		"its reader crashes on it":        {func(actor.Context) { panic("asked to") }, "HTTP/1.1 500"},
		"its reader keeps it and crashes": {func(ctx actor.Context) { ctx.Send(ctx.Self(), crashNow) }, "HTTP/1.1 500"},
		"its reader keeps it and stops":   {stopNow, "HTTP/1.1 503"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/", actorOf(func(ctx actor.Context) {
					switch message := ctx.Message().(type) {
					case *Request:
						ctx.Request(ctx.Spawn(answering(func(r *Request) *Response { return r.Text(200, "hello") })), message)
					case *Response:
						test.boss(ctx)
					case func(actor.Context):
						message(ctx)
					}
				}))
				k.peer.send(get)
				k.wait(soon)
				k.peer.want(name, test.want)
				k.peer.wantIdle("once")
			})
		})
	}
}

func TestAnAnswerInTheQueueOfAnActorThatStops(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *Request:
				ctx.Send(ctx.Self(), message.Text(200, "hello"))
				ctx.Stop(ctx.Self())
			case *Response:
				ctx.Send(message.request.ReplyTo(), message)
			}
		}))
		k.peer.send(get)
		k.wait(soon)
		k.peer.want("nobody is left to send it on", "HTTP/1.1 503")
		k.peer.wantIdle("once")
	})
}

// An actor that sends a copy of its answer to an actor that does not exist still has the request.
func TestACopyOfAnAnswerForNobody(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actorOf(func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				response := r.Text(200, "hello")
				ctx.Send(ctx.ActorSystem().NewLocalPID("auditor"), response)
				ctx.Respond(response)
			}
		}))
		k.peer.send(get)
		k.peer.want("that nobody audits is not the client's business", "HTTP/1.1 200", "hello")
	})
}

// A request that was put off is served by the next incarnation, in its turn, as if it had waited.
func TestAStashedRequestIsServedByTheNextIncarnation(t *testing.T) {
	for name, test := range map[string]struct {
		end   func(actor.Context)
		first string
	}{
		"it crashes": {crashNow, "HTTP/1.1 200"},
		"it stops":   {stopNow, "HTTP/1.1 503"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				incarnation := 0
				var served []string
				k.serve("/", actorOf(func(ctx actor.Context) {
					switch message := ctx.Message().(type) {
					case *actor.Started:
						incarnation++
					case *Request:
						if incarnation == 1 {
							ctx.Stash()
							return
						}
						served = append(served, message.Path())
						ctx.Respond(message.Text(200, "hello"))
					case func(actor.Context):
						message(ctx)
					}
				}))
				second := k.dial()
				k.peer.send(ask("GET", "/1"))
				second.send(ask("GET", "/2"))
				k.tell("router//", test.end)
				k.wait(soon)
				k.peer.want("the first", test.first)
				second.want("the second", test.first)
				if test.first == "HTTP/1.1 200" && (len(served) != 2 || served[0] != "/1") {
					t.Errorf("want them served once each, in the order in which they came, got %q", served)
				} else if test.first != "HTTP/1.1 200" && len(served) > 0 {
					t.Errorf("what was answered is not done behind that, got %q", served)
				}
			})
		})
	}
}

// A nilJob is a Carrier whose method panics when it is nil.
type nilJob struct{ request *Request }

func (j *nilJob) CarriedRequest() *Request { return j.request }

// A panic in CarriedRequest crashes the receiver, and does not end the process.
func TestACarrierThatPanicsCrashesItsReader(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		k.peer.send(ask("GET", "/clerk/"))
		var none *nilJob
		k.tell("router//clerk/", func(ctx actor.Context) { ctx.Send(ctx.Self(), none) })
		k.wait(soon)
		k.peer.want("what it had taken is lost", "HTTP/1.1 500")
		k.server.env.system.Root.Send(k.server.env.system.NewLocalPID("nobody"), none)
		k.wait(soon)
		if n := k.server.env.counts.crashes.Load(); n != 1 {
			t.Errorf("want one crash, got %d", n)
		}
	})
}

func TestAnActorThatIsStoppedTwiceIsForgotten(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actorOf(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*Request); ok {
				ctx.Forward(ctx.Spawn(actorOf(func(ctx actor.Context) {
					if r, ok := ctx.Message().(*Request); ok {
						ctx.Respond(r.Text(200, "hello"))
						ctx.Stop(ctx.Self())
						ctx.Stop(ctx.Self())
					}
				})))
			}
		}))
		for range 10 {
			k.peer.send(get)
			k.peer.want("the child answers", "HTTP/1.1 200")
		}
		k.wait(soon)
		k.server.env.ending.Range(func(id, _ any) bool { t.Errorf("%v is remembered as ending", id); return true })
	})
}

// The source of a response that waits in the queue of a pausing handler is neither made nor stopped meanwhile.
func TestAResponseInTheQueueOutlivesAPause(t *testing.T) {
	bubble(t, func(k *kit) {
		var kept *Request
		k.serve("/", actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *Request:
				kept = message
			case func(actor.Context):
				message(ctx)
			case *Response:
				ctx.Send(message.request.ReplyTo(), message)
			}
		}))
		k.start()
		for range freeRestarts {
			k.tell("router//", crashNow)
		}
		k.peer.send(get)
		starts := 0
		source := actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				starts++
			case *ReadBody:
				ctx.Respond(message.End(nil))
			}
		})
		k.tell("router//", func(ctx actor.Context) {
			ctx.Send(ctx.Self(), kept.Stream(200, nil, source))
			panic("asked to")
		})
		k.wait(time.Second)
		k.peer.want("what it had taken is lost with it", "HTTP/1.1 500")
		if starts != 1 {
			t.Errorf("want the source made once, and stopped because it is late, got %d", starts)
		}
	})
}
