package actors

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// The child of a handler was dead for good after eleven bad requests in ten seconds.
func TestAChildLivesWhateverItIsAsked(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		var bosses, lives atomic.Int32
		k.serve("/rooms/{what}", living(&bosses, func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				ctx.SpawnNamed(living(&lives, func(ctx actor.Context) {
					if r, ok := ctx.Message().(*Request); ok {
						if r.Param("what") == "crash" {
							panic("asked to")
						}
						ctx.Respond(hello(r))
					}
				}), "desk")
			case *Request:
				if message.Param("what") == "asked" {
					ctx.Request(ctx.Children()[0], message)
					return
				}
				ctx.Forward(ctx.Children()[0])
			case *Response:
				ctx.Respond(message)
			}
		}))
		const bad = 1000
		for range bad {
			k.peer.send(ask("GET", "/rooms/crash"))
			k.peer.want("told at once", "HTTP/1.1 500")
		}
		for _, path := range []string{"/rooms/good", "/rooms/asked"} {
			k.peer.send(ask("GET", path))
			k.peer.want("the child is there", "HTTP/1.1 200", "hello")
		}
		if bosses.Load() != 1 || lives.Load() != 1+bad {
			t.Errorf("want the child restarted each time, and its parent never, got %d and %d", lives.Load(), bosses.Load())
		}
		const line = "ERROR crashed actor=router//rooms/{what}/desk message=Request from=listener/connection$1 exchange=%d "
		for n := range crashesInFull {
			if k.log.count(fmt.Sprintf(line, n+1), "reason=asked to decision=restart stack=", "children_crash_test.go") != 1 {
				t.Errorf("want to know all about crash %d, got %q", n+1, k.log.written())
			}
		}
		if n := k.log.count("ERROR"); n != crashesInFull {
			t.Errorf("want the others counted, got %d lines", n)
		}
	})
}

// A child that fails does not wait for its parent, which may be busy for long. Nor do the requests in its queue.
func TestAChildIsRestartedWhileItsParentIsBusy(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/{what}", bossOf(new(atomic.Int32), func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				if r.Path() == "/slow" {
					time.Sleep(time.Second)
				}
				drinks(ctx, r)
			}
		}, func(ctx actor.Context, child *actor.PID, r *Request) {
			if r.Path() == "/busy" {
				time.Sleep(20 * time.Second)
			}
			ctx.Forward(child)
		}))
		var clients []*peer
		for _, path := range []string{"/slow", "/crash", "/behind", "/busy"} {
			clients = append(clients, k.queueUp(1, path)...)
		}
		k.wait(time.Second)
		clients[0].want("it was slow", "HTTP/1.1 200")
		clients[1].want("it was poison", "HTTP/1.1 500")
		clients[2].want("it was behind that", "HTTP/1.1 200")
	})
}

// strategyOf is a supervisor strategy that decides so.
func strategyOf(decide func(reason any) actor.Directive) actor.SupervisorStrategy {
	return actor.NewOneForOneStrategy(1000, time.Second, decide)
}

// A supervising handler is the strategy of its children itself.
type supervising struct {
	actor.ReceiveFunc
	actor.SupervisorStrategy
}

// ownStrategies are the ways in which a handler has a strategy of its own.
var ownStrategies = map[string]func(actor.ReceiveFunc, actor.SupervisorStrategy) *actor.Props{
	"by its props": func(receive actor.ReceiveFunc, strategy actor.SupervisorStrategy) *actor.Props {
		return actorOf(receive).Configure(actor.WithSupervisor(strategy))
	},
	"by itself": func(receive actor.ReceiveFunc, strategy actor.SupervisorStrategy) *actor.Props {
		return actor.PropsFromProducer(func() actor.Actor { return &supervising{receive, strategy} })
	},
}

var errPoison = errors.New("poison")

// A parent with its own strategy decides about its children, and gets the values that they panicked with.
func TestAStrategyOfAHandlersOwnDecides(t *testing.T) {
	for how, props := range ownStrategies {
		for _, directive := range []actor.Directive{
			actor.ResumeDirective, actor.RestartDirective, actor.StopDirective, actor.EscalateDirective,
		} {
			t.Run(how+": "+directive.String(), func(t *testing.T) {
				bubble(t, func(k *kit) {
					k.configure(func(c *Config) { c.IdleTimeout = -1 })
					var lives, bosses, decided atomic.Int32
					child := living(&lives, func(ctx actor.Context) {
						if r, ok := ctx.Message().(*Request); ok {
							if isBad(r) {
								panic(errPoison)
							}
							ctx.Respond(hello(r))
						}
					})
					k.serve("/{what}", props(func(ctx actor.Context) {
						switch ctx.Message().(type) {
						case *actor.Started:
							bosses.Add(1)
							ctx.SpawnNamed(child, "child")
						case *actor.Terminated:
							ctx.SpawnNamed(child, "child")
						case *Request:
							ctx.Forward(ctx.Children()[0])
						}
					}, strategyOf(func(reason any) actor.Directive {
						if reason == any(errPoison) {
							decided.Add(1)
						}
						return directive
					})))
					const bad = 30
					for range bad {
						k.peer.send(ask("GET", "/crash"))
						k.peer.want("told at once, whoever decides", "HTTP/1.1 500")
						k.peer.send(ask("GET", "/good"))
						k.peer.want("at once, whatever was decided", "HTTP/1.1 200")
					}
					wanted := map[actor.Directive][2]int32{
						actor.ResumeDirective: {1, 1}, actor.RestartDirective: {bad + 1, 1},
						actor.StopDirective: {bad + 1, 1}, actor.EscalateDirective: {bad + 1, bad + 1},
					}[directive]
					if lives.Load() != wanted[0] || bosses.Load() != wanted[1] || decided.Load() != bad {
						t.Errorf("want %d children and %d parents, and the reason known %d times, got %d, %d and %d",
							wanted[0], wanted[1], bad, lives.Load(), bosses.Load(), decided.Load())
					}
					if n := k.log.count("ERROR"); n > 2*crashesInFull {
						t.Errorf("want crashes that repeat counted, got %d lines", n)
					}
				})
			})
		}
	}
}

// A child that is restarted with its siblings, and must wait for its own children, serves nothing meanwhile: messages
// wait for the next incarnation.
func TestASiblingThatIsRestartedServesNothingMeanwhile(t *testing.T) {
	bubble(t, func(k *kit) {
		all := actor.NewAllForOneStrategy(10, time.Second, actor.DefaultDecider)
		var starts, served []int
		sibling := actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				starts = append(starts, len(starts))
				ctx.Spawn(slowToStop(childrenTime - 2*soon))
			case *Request:
				served = append(served, len(starts))
				ctx.Respond(hello(message))
			}
		})
		k.serve("/{what}", actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				ctx.Spawn(onRequest(drinks))
				ctx.Spawn(sibling)
			case *Request:
				if isBad(message) {
					ctx.Forward(ctx.Children()[0])
					return
				}
				ctx.Forward(ctx.Children()[1])
			}
		}).Configure(actor.WithSupervisor(all)))
		k.peer.send(ask("GET", "/crash"))
		k.peer.want("it was poison", "HTTP/1.1 500")
		other := k.dial()
		other.send(ask("GET", "/good"))
		k.wait(childrenTime)
		other.want("the next incarnation is there", "HTTP/1.1 200")
		if len(starts) != 2 || !slices.Equal(served, []int{2}) {
			t.Errorf("want it served by the second incarnation, got %v of %v", served, starts)
		}
	})
}

// A failure without a request that a parent has escalated may come again and again, so the parent pauses.
func TestAnEscalatedFailurePauses(t *testing.T) {
	for how, props := range ownStrategies {
		t.Run(how, func(t *testing.T) {
			bubble(t, func(k *kit) {
				var bosses, lives atomic.Int32
				k.serve("/", props(func(ctx actor.Context) {
					if _, ok := ctx.Message().(*actor.Started); ok {
						bosses.Add(1)
						ctx.Spawn(living(&lives, func(ctx actor.Context) {
							if _, ok := ctx.Message().(*actor.Started); ok {
								panic("no database")
							}
						}))
					}
				}, strategyOf(func(any) actor.Directive { return actor.EscalateDirective })))
				k.start()
				k.wait(time.Minute)
				if n := bosses.Load(); n < freeRestarts || n > 100 {
					t.Errorf("want some tens of attempts in a minute, got %d", n)
				}
				if k.log.count("ERROR crashed actor=router// message=Started reason=no database decision=restart") == 0 {
					t.Errorf("want to know why the handler was restarted, got %q", k.log.written())
				}
				k.peer.send(get)
				k.peer.want("it pauses", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n")
			})
		})
	}
}

// A reason whose printing takes long, or ends the goroutine, delays only the actor that panicked with it: the router
// prints nothing.
func TestAnEscalatedReasonStopsNobodyElse(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/crash", actorOf(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*Request); ok {
				ctx.Forward(ctx.Spawn(actorOf(func(ctx actor.Context) {
					if _, ok := ctx.Message().(*Request); ok {
						panic(slowError(3 * time.Second))
					}
				})))
			}
		}).Configure(actor.WithSupervisor(strategyOf(func(any) actor.Directive { return actor.EscalateDirective }))))
		k.serve("/good", saying("hello"))
		k.peer.send(ask("GET", "/crash"))
		k.wait(soon)
		k.peer.want("told at once", "HTTP/1.1 500")
		for range 30 {
			k.peer.send(ask("GET", "/good"))
			k.wait(soon)
			k.peer.want("another route", "HTTP/1.1 200")
			k.wait(500 * time.Millisecond)
		}
	})
}

// A slowError takes so long to be printed.
type slowError time.Duration

func (e slowError) Error() string { time.Sleep(time.Duration(e)); return "slow" }

// A stuck child answers 503 to what it cannot serve, like a handler.
func TestAStuckChildRefuses(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.MaxQueue, c.MaxQueueWait = 2, -1 })
		k.serve("/{what}", bossOf(new(atomic.Int32), func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				time.Sleep(10 * time.Second)
				ctx.Respond(hello(r))
			}
		}, func(ctx actor.Context, child *actor.PID, _ *Request) { ctx.Forward(child) }))
		clients := k.queueUp(3, "/a")
		for _, p := range k.queueUp(20, "/a") {
			p.want("one is served, two wait", "HTTP/1.1 503", "\r\nRetry-After: ")
		}
		if n := k.log.count("WARN refusing requests actor=router//{what}/child route=/{what} waiting=2"); n != 1 || k.log.count("WARN") != 1 {
			t.Errorf("want it said once who is stuck, got %q", k.log.written())
		}
		k.wait(30 * time.Second)
		clients[0].want("it was its turn", "HTTP/1.1 200")
		clients[1].want("it was its turn", "HTTP/1.1 200")
	})
}

// The 504 names the actor that has the request, not the one that passed it on.
func TestA504NamesTheChild(t *testing.T) {
	for name, pass := range map[string]func(ctx actor.Context, child *actor.PID, r *Request){
		"forwarded": func(ctx actor.Context, child *actor.PID, _ *Request) { ctx.Forward(child) },
		"asked":     func(ctx actor.Context, child *actor.PID, r *Request) { ctx.Request(child, r) },
		"carried":   func(ctx actor.Context, child *actor.PID, r *Request) { ctx.Send(child, &task{r}) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) { c.HandlerTimeout, c.MaxQueueWait = 5*time.Second, -1 })
				k.serve("/{what}", bossOf(new(atomic.Int32), func(ctx actor.Context) {
					switch ctx.Message().(type) {
					case *Request, *task:
						time.Sleep(time.Minute)
					}
				}, pass))
				clients := k.queueUp(2, "/a")
				k.wait(5 * time.Second)
				clients[0].want("it is with the child", "HTTP/1.1 504", "router//{what}/child has been running for")
				clients[1].want("it waits for the child", "HTTP/1.1 504", "queued for router//{what}/child for", "at position 1 of 1")
				if k.log.count("WARN handler timed out", "router//{what}/child", "stack=", "children_crash_test.go") == 0 {
					t.Errorf("want its stack in the log, got %q", k.log.written())
				}
			})
		})
	}
}
