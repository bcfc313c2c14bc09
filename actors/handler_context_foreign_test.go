package actors

import (
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// later are the ways in which people answer from a goroutine of their own.
var later = map[string]func(ctx actor.Context, r *Request){
	"Respond":                func(ctx actor.Context, r *Request) { ctx.Respond(r.Text(200, r.Path())) },
	"Send to the sender":     func(ctx actor.Context, r *Request) { ctx.Send(ctx.Sender(), r.Text(200, r.Path())) },
	"Send to the connection": func(ctx actor.Context, r *Request) { ctx.Send(r.ReplyTo(), r.Text(200, r.Path())) },
	"Send to nobody":         func(ctx actor.Context, r *Request) { ctx.Send(nil, r.Text(200, r.Path())) },
	"the root": func(ctx actor.Context, r *Request) {
		ctx.ActorSystem().Root.Send(ctx.Sender(), r.Text(200, r.Path()))
	},
}

// afterASecond is the commonest mistake that people make with actors.
func afterASecond(answer func(actor.Context, *Request)) func(actor.Context, *Request) {
	return func(ctx actor.Context, r *Request) {
		go func() {
			time.Sleep(time.Second)
			answer(ctx, r)
		}()
	}
}

// It used to end the process.
func TestAnAnswerFromAnotherGoroutineWorks(t *testing.T) {
	for way, answer := range later {
		for who, handler := range map[string]func(do func(actor.Context, *Request)) *actor.Props{
			"the handler": onRequest,
			"a child that was asked": func(do func(actor.Context, *Request)) *actor.Props {
				return onRequest(func(ctx actor.Context, r *Request) { ctx.Request(ctx.Spawn(onRequest(do)), r) })
			},
			"a child that was asked by a future": func(do func(actor.Context, *Request)) *actor.Props {
				return onRequest(func(ctx actor.Context, r *Request) {
					ctx.ReenterAfter(ctx.RequestFuture(ctx.Spawn(onRequest(do)), r, time.Minute), func(response any, _ error) {
						ctx.Respond(response)
					})
				})
			},
			"a child that it was forwarded to": func(do func(actor.Context, *Request)) *actor.Props {
				return onRequest(func(ctx actor.Context, _ *Request) { ctx.Forward(ctx.Spawn(onRequest(do))) })
			},
			"a child that carries it": func(do func(actor.Context, *Request)) *actor.Props {
				return onRequest(func(ctx actor.Context, r *Request) {
					ctx.Send(ctx.Spawn(actorOf(func(ctx actor.Context) {
						if carrier, ok := ctx.Message().(*task); ok {
							do(ctx, carrier.request)
						}
					})), &task{r})
				})
			},
		} {
			t.Run(way+" of "+who, func(t *testing.T) {
				bubble(t, func(k *kit) {
					k.serve("/{what}", handler(afterASecond(answer)))
					other := k.dial()
					k.peer.send(ask("GET", "/1"))
					other.send(ask("GET", "/2"))
					k.wait(time.Second + soon)
					k.peer.want("each gets its own", "HTTP/1.1 200", "\r\n\r\n/1")
					other.want("each gets its own", "HTTP/1.1 200", "\r\n\r\n/2")
					k.peer.wantIdle("once")
					if k.log.count("ERROR") > 0 || k.log.count("late") > 0 {
						t.Errorf("want nothing to be wrong with that, got %q", k.log.written())
					}
				})
			})
		}
	}
}

// The actor works on another request when the answer to the first comes.
func TestAnAnswerFromAnotherGoroutineReachesNoOtherRequest(t *testing.T) {
	for way, answer := range later {
		t.Run(way, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/{what}", onRequest(func(ctx actor.Context, r *Request) {
					if r.Path() == "/1" {
						afterASecond(answer)(ctx, r)
						return
					}
					time.Sleep(2 * time.Second)
					ctx.Respond(r.Text(200, r.Path()))
				}))
				first, second := k.dial(), k.dial()
				first.send(ask("GET", "/1"))
				second.send(ask("GET", "/2"))
				k.wait(time.Second + soon)
				first.want("it waits for nobody", "HTTP/1.1 200", "\r\n\r\n/1")
				second.wantIdle("its turn comes")
				k.wait(time.Second)
				second.want("it gets its own", "HTTP/1.1 200", "\r\n\r\n/2")
				first.wantIdle("once")
				if k.log.count("ERROR") > 0 || k.log.count("late") > 0 {
					t.Errorf("want nothing to be wrong with that, got %q", k.log.written())
				}
			})
		})
	}
}

// A value that is no response does not say for which request it is.
func TestANonAnswerFromAnotherGoroutineReachesNoOtherRequest(t *testing.T) {
	for what, answer := range noAnswers {
		if what == "the request" || what == "the request in a message" || what == "a piece" {
			continue // these say whose they are
		}
		t.Run(what, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/{what}", onRequest(func(ctx actor.Context, r *Request) {
					if r.Path() == "/1" {
						afterASecond(func(ctx actor.Context, r *Request) { ctx.Respond(answer(r)) })(ctx, r)
						return
					}
					time.Sleep(2 * time.Second)
					ctx.Respond(r.Text(200, r.Path()))
				}))
				first, second := k.dial(), k.dial()
				first.send(ask("GET", "/1"))
				second.send(ask("GET", "/2"))
				k.wait(2*time.Second + soon)
				second.want("it gets its own", "HTTP/1.1 200", "\r\n\r\n/2")
				first.wantIdle("nobody knows that this was for it")
				if k.log.count("ERROR context misused actor=router//{what}", "Text(200, text)") != 1 || k.log.count("ERROR") != 1 {
					t.Errorf("want one line that says what to write, got %q", k.log.written())
				}
				k.wait(30 * time.Second)
				first.want("nobody has answered it", "HTTP/1.1 504")
			})
		})
	}
}

// Whatever has happened to the actor meanwhile, its goroutine does no harm.
func TestAnAnswerFromTheGoroutineOfAnActorThatEnded(t *testing.T) {
	for way, answer := range later {
		for name, test := range map[string]struct {
			end  func(actor.Context)
			want string
		}{
			"it has stopped":   {stopNow, "HTTP/1.1 503"},
			"it was restarted": {crashNow, "HTTP/1.1 500"},
		} {
			t.Run(way+", "+name, func(t *testing.T) {
				bubble(t, func(k *kit) {
					k.serve("/{what}", onRequest(func(ctx actor.Context, r *Request) {
						if r.Path() != "/2" {
							afterASecond(answer)(ctx, r)
						}
					}))
					k.peer.send(ask("GET", "/1"))
					k.tell("router//{what}", test.end)
					k.wait(soon)
					k.peer.want("what the actor had is lost with it, and told at once", test.want)
					k.wait(firstPause)
					k.peer.send(ask("GET", "/2"))
					k.wait(time.Second)
					k.peer.wantIdle("the late answer is not for this one")
					if k.log.count("late response dropped") != 1 {
						t.Errorf("want it dropped, got %q", k.log.written())
					}
				})
			})
		}
	}
	t.Run("the worker lives, and the one that it was for has the request", func(t *testing.T) {
		bubble(t, func(k *kit) {
			k.serve("/{what}", onRequest(func(ctx actor.Context, r *Request) {
				ctx.Request(ctx.Spawn(onRequest(func(ctx actor.Context, r *Request) {
					afterASecond(later["Respond"])(ctx, r)
				})), r)
			}))
			k.peer.send(ask("GET", "/1"))
			k.wait(time.Second)
			k.peer.want("it is passed on", "HTTP/1.1 200", "\r\n\r\n/1")
		})
	})
}

// An actor that another goroutine spawns has no parent, but is still responsible for its requests.
func TestAnActorThatAnotherGoroutineSpawns(t *testing.T) {
	bubble(t, func(k *kit) {
		var spawned []*actor.PID
		k.serve("/{what}", onRequest(func(ctx actor.Context, r *Request) {
			afterASecond(func(ctx actor.Context, r *Request) {
				worker := ctx.Spawn(onRequest(drinks))
				spawned = append(spawned, worker)
				ctx.Request(worker, r)
			})(ctx, r)
		}))
		for path, begin := range map[string]string{"/crash": "HTTP/1.1 500", "/good": "HTTP/1.1 200"} {
			k.peer.send(ask("GET", path))
			k.wait(time.Second + soon)
			k.peer.want("at once", begin)
		}
		if k.log.count("ERROR context misused actor=router//{what} method=Spawn", "Root") != 2 {
			t.Errorf("want to be told, got %q", k.log.written())
		}
		for _, worker := range spawned {
			k.server.env.system.Root.Stop(worker)
		}
		k.wait(soon)
	})
}

// If nothing can be done, the client is told at once, and the log once.
func TestARequestForNobodyIs500AtOnce(t *testing.T) {
	for name, do := range map[string]func(ctx actor.Context, r *Request){
		"Forward":                 func(ctx actor.Context, _ *Request) { ctx.Forward(nil) },
		"Send":                    func(ctx actor.Context, r *Request) { ctx.Send(nil, r) },
		"Send in a message":       func(ctx actor.Context, r *Request) { ctx.Send(nil, &task{r}) },
		"Request":                 func(ctx actor.Context, r *Request) { ctx.Request(nil, r) },
		"RequestWithCustomSender": func(ctx actor.Context, r *Request) { ctx.RequestWithCustomSender(nil, r, nil) },
		"RequestFuture":           func(ctx actor.Context, r *Request) { ctx.RequestFuture(nil, r, time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/", onRequest(do))
				k.peer.send(get)
				k.peer.want("nobody has it", "HTTP/1.1 500")
				method, _, _ := strings.Cut(name, " ")
				if k.log.count("ERROR context misused actor=router// method="+method, "nobody to send it to") != 1 {
					t.Errorf("want it in the log, got %q", k.log.written())
				}
				k.wait(time.Minute)
			})
		})
	}
}
