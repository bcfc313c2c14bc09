package actors

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// Poison is a request that its handler panics on. It costs the client that sent it, and nobody else.

// A poisoned is a kind of handler for which /crash is poison, wherever it takes effect. It counts the incarnations
// that fail.
type poisoned func(lives *atomic.Int32) any

func isBad(r *Request) bool { return r.Path() == "/crash" }

// drinks panics on poison, and answers other requests.
func drinks(ctx actor.Context, r *Request) {
	if isBad(r) {
		panic("asked to")
	}
	ctx.Respond(r.Text(200, "hello"))
}

// living counts incarnations.
func living(lives *atomic.Int32, receive actor.ReceiveFunc) *actor.Props {
	return actor.PropsFromProducer(func() actor.Actor { lives.Add(1); return receive })
}

// bossOf is a handler with a child that does the work, and says how to give it the request.
func bossOf(lives *atomic.Int32, child actor.ReceiveFunc, pass func(ctx actor.Context, child *actor.PID, r *Request)) *actor.Props {
	return actorOf(func(ctx actor.Context) {
		switch message := ctx.Message().(type) {
		case *actor.Started:
			ctx.SpawnNamed(living(lives, child), "child")
		case *Request:
			pass(ctx, ctx.Children()[0], message)
		case *Response:
			ctx.Respond(message)
		}
	})
}

func drinking(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *Request:
		drinks(ctx, message)
	case *task:
		drinks(ctx, message.request)
	}
}

var poisons = map[string]poisoned{
	"with state": func(lives *atomic.Int32) any { return living(lives, drinking) },
	"without state": func(lives *atomic.Int32) any {
		lives.Add(1)
		return Func(func(r *Request) *Response {
			if isBad(r) {
				panic("asked to")
			}
			return hello(r)
		})
	},
	"that returns no response": func(lives *atomic.Int32) any {
		lives.Add(1)
		return Func(func(r *Request) *Response {
			if isBad(r) {
				return nil
			}
			return hello(r)
		})
	},
	"in a middleware": func(lives *atomic.Int32) any {
		return living(lives, drinking).Configure(actor.WithReceiverMiddleware(func(next actor.ReceiverFunc) actor.ReceiverFunc {
			return func(ctx actor.ReceiverContext, envelope *actor.MessageEnvelope) {
				if r, ok := envelope.Message.(*Request); ok && isBad(r) {
					panic("asked to")
				}
				next(ctx, envelope)
			}
		}))
	},
	"of a child": func(lives *atomic.Int32) any {
		return bossOf(lives, drinking, func(ctx actor.Context, child *actor.PID, _ *Request) { ctx.Forward(child) })
	},
	"of a child that was asked": func(lives *atomic.Int32) any {
		return bossOf(lives, drinking, func(ctx actor.Context, child *actor.PID, r *Request) { ctx.Request(child, r) })
	},
	"of a child, in a carrier": func(lives *atomic.Int32) any {
		return bossOf(lives, drinking, func(ctx actor.Context, child *actor.PID, r *Request) { ctx.Send(child, &task{r}) })
	},
	"in the answer of a child": func(lives *atomic.Int32) any {
		return living(lives, func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *Request:
				ctx.Request(ctx.Spawn(answering(hello)), message)
			case *Response:
				if isBad(message.request) {
					panic("asked to")
				}
				ctx.Respond(message)
			}
		})
	},
	"behind a future": func(lives *atomic.Int32) any {
		return living(lives, func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				future := ctx.RequestFuture(ctx.Spawn(answering(hello)), r, time.Minute)
				ctx.ReenterAfter(future, func(any, error) { drinks(ctx, r) })
			}
		})
	},
	"by runtime.Goexit": func(lives *atomic.Int32) any {
		return living(lives, func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok && isBad(r) {
				failing["it ends its goroutine"]()
			}
			drinking(ctx)
		})
	},
}

// While poison comes all the time, good requests are served without delay.
func TestPoisonDelaysNobodyElse(t *testing.T) {
	for name, poisoned := range poisons {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) { c.IdleTimeout = -1 })
				var lives atomic.Int32
				k.serve("/{what}", poisoned(&lives))
				good := k.dial()
				begun := time.Now()
				for range 5 * freeRestarts {
					k.peer.send(ask("GET", "/crash"))
					good.send(ask("GET", "/good"))
					k.peer.want("told at once", "HTTP/1.1 500")
					good.want("it is served at the same moment", "HTTP/1.1 200", "hello")
				}
				if took := time.Since(begun); took > 0 {
					t.Errorf("want nobody to wait, took %v", took)
				}
				if k.log.count("pause=") > 0 {
					t.Errorf("want no pause, got %q", k.log.written())
				}
			})
		})
	}
}

// Poison in content that is pulled.
func TestPoisonInContentDelaysNobodyElse(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		k.serve("/{what}", actorOf(func(ctx actor.Context) {
			if read, ok := ctx.Message().(*BodyRead); ok && isBad(read.Request) {
				panic("asked to")
			}
			pullAll(ctx)
		}), StreamBody())
		good := k.dial()
		post := func(path string) string {
			return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
		}
		for range 5 * freeRestarts {
			k.peer.send(post("/crash"))
			good.send(post("/good"))
			k.peer.want("told at once", "HTTP/1.1 500")
			good.want("it is served at the same moment", "HTTP/1.1 200", "ended")
		}
	})
}

// A restarting handler must wait for the end of its children. Requests in its queue wait too, and are served; they
// used to be refused.
func TestPoisonOfAHandlerWithChildrenRefusesNobody(t *testing.T) {
	for name, child := range map[string]*actor.Props{
		"that end at once": mute(), "that end soon": slowToStop(childrenTime - soon),
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) { c.IdleTimeout = -1 })
				k.serve("/{what}", actorOf(func(ctx actor.Context) {
					switch message := ctx.Message().(type) {
					case *actor.Started:
						ctx.Spawn(child)
						ctx.Spawn(child)
					case *Request:
						time.Sleep(soon)
						drinks(ctx, message)
					}
				}))
				good, behind := k.dial(), k.dial()
				for range 3 * freeRestarts {
					k.peer.send(ask("GET", "/crash"))
					good.send(ask("GET", "/good"))
					k.wait(2 * soon)
					behind.send(ask("GET", "/good"))
					k.wait(childrenTime + 2*soon)
					k.peer.want("it was poison", "HTTP/1.1 500")
					good.want("it was queued", "HTTP/1.1 200")
					behind.want("it came while the handler was restarted", "HTTP/1.1 200")
				}
			})
		})
	}
}

// A function without state is not restarted, and requests that wait for it keep their places.
func TestAFunctionThatPanicsIsNotRestarted(t *testing.T) {
	bubble(t, func(k *kit) {
		var served []string
		props := Func(func(r *Request) *Response {
			served = append(served, r.Path())
			if r.Path() == "/slow" {
				time.Sleep(time.Second)
			}
			if isBad(r) {
				panic("asked to")
			}
			return r.Text(200, r.Path())
		}, MaxActors(1))
		k.serve("/{what}", props)
		clients := []*peer{k.dial(), k.dial(), k.dial(), k.dial()}
		for i, path := range []string{"/slow", "/crash", "/crash", "/behind"} {
			clients[i].send(ask("GET", path))
			k.wait(soon)
		}
		k.wait(time.Second)
		clients[0].want("it was slow", "HTTP/1.1 200", "/slow")
		clients[1].want("it was poison", "HTTP/1.1 500")
		clients[2].want("it was poison", "HTTP/1.1 500")
		clients[3].want("it waited behind that", "HTTP/1.1 200", "/behind")
		if k.log.count("restarted") > 0 || k.log.count("ERROR crashed actor=router//{what}$1 message=Request", "decision=go on", "poison_test.go") != 2 {
			t.Errorf("want both in the log, and no restart, got %q", k.log.written())
		}
		k.wantQueued("all were served", 0)
	})
}

// Failures without a request are different: the children pause as well, so that they do not use up the machine.
func TestAChildThatFailsByItselfPauses(t *testing.T) {
	bubble(t, func(k *kit) {
		var lives atomic.Int32
		k.serve("/", bossOf(&lives, func(ctx actor.Context) {
			if _, ok := ctx.Message().(*actor.Started); ok {
				panic("no database")
			}
		}, nil))
		k.start()
		k.wait(time.Minute)
		if n := lives.Load(); n < freeRestarts || n > 100 {
			t.Errorf("want some tens of attempts in a minute, got %d", n)
		}
	})
}
