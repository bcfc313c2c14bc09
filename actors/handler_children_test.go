package actors

import (
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// See TestAHandlerWhoseOnInitPanicsIsMadeAgain. Here the handler panics together with its child, and is restarted;
// the name of the child must be free.
func TestAChildWhoseOnInitPanicsIsMadeAgain(t *testing.T) {
	bubble(t, func(k *kit) {
		child := onceInOnInit()
		k.serve("/", actorOf(func(ctx actor.Context) {
			switch ctx.Message().(type) {
			case *actor.Started:
				if _, err := ctx.SpawnNamed(child, "child"); err != nil {
					t.Errorf("want the name to be free again, got %v", err)
				}
			case *Request:
				ctx.Forward(ctx.ActorSystem().NewLocalPID(ctx.Self().Id + "/child"))
			}
		}))
		k.peer.send(get)
		k.peer.want("the handler is back, with a child", "HTTP/1.1 200", "hello")
	})
}

// twins are two actors of the same props, as a pool of package router makes its routees.
func twins(props *actor.Props) *actor.Props {
	return props.Configure(actor.WithSpawnFunc(func(s *actor.ActorSystem, id string, props *actor.Props, parent actor.SpawnerContext) (*actor.PID, error) {
		same := *props
		same.Configure(actor.WithSpawnFunc(nil))
		actor.DefaultSpawner(s, id+"-twin", &same, parent)
		return actor.DefaultSpawner(s, id, &same, parent)
	}))
}

// Actors of the same props shared one guard: when one had stopped, no panic of the others was answered.
func TestEachActorOfAPoolEndsForItself(t *testing.T) {
	bubble(t, func(k *kit) {
		worker := actorOf(func(ctx actor.Context) {
			r, ok := ctx.Message().(*Request)
			switch {
			case !ok:
			case r.Path() == "/crash":
				panic("asked to")
			default:
				ctx.Respond(r.Text(200, "hello"))
				if r.Path() == "/stop" {
					ctx.Stop(ctx.Self())
				}
			}
		})
		k.serve("/{what}", actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				ctx.SpawnNamed(twins(worker), "pool")
			case *Request:
				whom := "/pool-twin"
				if message.Path() == "/stop" {
					whom = "/pool"
				}
				ctx.Forward(ctx.ActorSystem().NewLocalPID(ctx.Self().Id + whom))
			}
		}))
		k.peer.send(ask("GET", "/hello"))
		k.peer.want("the pool works", "HTTP/1.1 200")
		k.peer.send(ask("GET", "/stop"))
		k.peer.want("one of it stops behind its answer", "HTTP/1.1 200")
		k.peer.send(ask("GET", "/crash"))
		k.peer.want("the other crashes, and its client is told at once", "HTTP/1.1 500")
		k.peer.send(ask("GET", "/hello"))
		k.peer.want("it was restarted", "HTTP/1.1 200")
	})
}

// A restart waits for the children to stop. Requests that came meanwhile, and those in the queue, used to wait until
// their timeout.
func TestAHandlerWhoseRestartWaitsForAChildTurnsAway(t *testing.T) {
	bubble(t, func(k *kit) {
		var child *actor.PID
		k.serve("/{what}", actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				child = ctx.Spawn(actorOf(func(ctx actor.Context) {
					if _, ok := ctx.Message().(string); ok {
						time.Sleep(time.Minute)
					}
				}))
			case *Request:
				if message.Param("what") == "crash" {
					ctx.Send(child, "work")
					time.Sleep(soon)
					panic("asked to")
				}
				ctx.Respond(message.Text(200, "hello"))
			}
		}))
		k.peer.send(ask("GET", "/crash"))
		k.wait(2 * soon)
		k.peer.want("it failed on the message at hand", "HTTP/1.1 500")
		k.peer.send(ask("GET", "/hello"))
		k.wait(childrenTime - 2*soon)
		k.peer.wantIdle("the child may end soon")
		k.wait(2 * soon)
		k.peer.want("it does not", "HTTP/1.1 503", "\r\nRetry-After: ")
		for range 2 {
			k.peer.send(ask("GET", "/hello"))
			k.wait(soon) // the child that is busy holds a goroutine of the dispatcher
			k.peer.want("nobody has seen it, so it may be sent again", "HTTP/1.1 503", "\r\nRetry-After: ")
		}
		k.wait(time.Minute)
		later := k.dial()
		later.send(ask("GET", "/hello"))
		later.want("the child has ended, the handler is back", "HTTP/1.1 200", "hello")
	})
}

// A child that was given up while it waited for its own child used to go on with its queue, in its crashed state.
func TestAChildThatIsGivenUpTakesNoMore(t *testing.T) {
	bubble(t, func(k *kit) {
		crashed, after := false, 0
		child := actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				ctx.Spawn(slowToStop(time.Second))
			case *Request:
				if message.Param("what") == "crash" {
					crashed = true
					time.Sleep(time.Second) // until the next is in its queue
					panic("asked to")
				}
				if crashed {
					after++
				}
				ctx.Respond(message.Text(200, "hello"))
			}
		})
		giveUp := actor.NewOneForOneStrategy(0, 0, func(any) actor.Directive { return actor.StopDirective })
		k.serve("/{what}", actorOf(func(ctx actor.Context) {
			switch ctx.Message().(type) {
			case *actor.Started:
				ctx.Spawn(child)
			case *Request:
				ctx.Forward(ctx.Children()[0])
			}
		}).Configure(actor.WithSupervisor(giveUp)))
		first, second := k.dial(), k.dial()
		first.send(ask("GET", "/crash"))
		second.send(ask("GET", "/next"))
		k.wait(5 * time.Second)
		first.want("it failed on the message at hand", "HTTP/1.1 500")
		second.want("it was never looked at", "HTTP/1.1 503")
		if after > 0 {
			t.Errorf("want nothing handled behind the crash, got %d", after)
		}
	})
}

// A task is a message of the application's own, in which a request travels.
type task struct{ request *Request }

func (m *task) CarriedRequest() *Request { return m.request }

// A request that went to a child in a user's own message was in nobody's custody: when the child crashed, the client
// waited for the timeout.
func TestARequestInACarrierIsAnsweredWhateverEnds(t *testing.T) {
	for why, test := range map[string]struct {
		end   func(actor.Context)
		begin string
	}{
		"the child crashes at it":       {crashNow, "HTTP/1.1 500"},
		"the child stops, and keeps it": {stopNow, "HTTP/1.1 503"},
	} {
		t.Run(why, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/", actorOf(func(ctx actor.Context) {
					switch message := ctx.Message().(type) {
					case *actor.Started:
						ctx.Spawn(actorOf(func(ctx actor.Context) {
							if _, ok := ctx.Message().(*task); ok {
								test.end(ctx)
							}
						}))
					case *Request:
						ctx.Send(ctx.Children()[0], &task{message})
					}
				}))
				k.peer.send(get)
				k.peer.wantNoRetry("whoever had it is told to be gone at once", test.begin)
			})
		})
	}
}
