package actors

import (
	"slices"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// The routees of a pool share their props. Each has its own current message.
func TestARouteeOfAPoolIsAtItsOwnMessage(t *testing.T) {
	bubble(t, func(k *kit) {
		worker := onRequest(func(ctx actor.Context, r *Request) {
			time.Sleep(time.Second)
			if ctx.Message() != any(r) || !ctx.Sender().Equal(r.ReplyTo()) {
				t.Errorf("want its own message to be at hand, got %v", ctx.Message())
			}
			ctx.Spawn(mute())
			ctx.Respond(r.Text(200, r.Path()))
		})
		k.serve("/{what}", actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				ctx.SpawnNamed(twins(worker), "pool")
			case *Request:
				name := map[string]string{"/1": "/pool", "/2": "/pool-twin"}[message.Path()]
				ctx.Forward(ctx.ActorSystem().NewLocalPID(ctx.Self().Id + name))
			}
		}))
		first, second := k.dial(), k.dial()
		first.send(ask("GET", "/1"))
		k.wait(time.Second / 2)
		second.send(ask("GET", "/2"))
		k.wait(2 * time.Second)
		first.want("its own", "HTTP/1.1 200", "\r\n\r\n/1")
		second.want("its own", "HTTP/1.1 200", "\r\n\r\n/2")
		if k.log.count("ERROR") > 0 {
			t.Errorf("want nothing to be wrong with that, got %q", k.log.written())
		}
	})
}

// When an actor continues after a future, its current message is the one at which it began to wait.
func TestTheMessageAtHandBehindAFuture(t *testing.T) {
	for name, do := range map[string]func(ctx actor.Context, r *Request, response any){
		"it responds": func(ctx actor.Context, _ *Request, response any) { ctx.Respond(response) },
		"it forwards": func(ctx actor.Context, _ *Request, _ any) { ctx.Forward(ctx.Spawn(answering(hello))) },
		"it sends":    func(ctx actor.Context, _ *Request, response any) { ctx.Send(ctx.Sender(), response) },
		"it reads":    func(ctx actor.Context, _ *Request, _ any) { ctx.Respond(hello(ctx.Message().(*Request))) },
		"it goes on": func(ctx actor.Context, r *Request, _ any) {
			reenter(ctx, r, func(response any) { ctx.Respond(response) })
		},
		"it has asked": func(ctx actor.Context, r *Request, _ any) { ctx.Request(ctx.Spawn(answering(hello)), r) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/", onRequest(func(ctx actor.Context, r *Request) {
					reenter(ctx, r, func(response any) {
						if ctx.Message() != any(r) || !ctx.Sender().Equal(r.ReplyTo()) || ctx.MessageHeader() == nil {
							t.Errorf("want the request at hand, got %v from %v", ctx.Message(), ctx.Sender())
						}
						do(ctx, r, response)
					})
					ctx.Send(ctx.Self(), "what it is at meanwhile")
				}))
				for range 3 {
					k.peer.send(get)
					k.peer.want(name, "HTTP/1.1 200", "hello")
				}
				if k.log.count("ERROR") > 0 {
					t.Errorf("want nothing to be wrong with that, got %q", k.log.written())
				}
			})
		})
	}
}

// reenter asks a child, and goes on with its answer.
func reenter(ctx actor.Context, r *Request, goOn func(response any)) {
	future := ctx.RequestFuture(ctx.Spawn(answering(hello)), r, time.Minute)
	ctx.ReenterAfter(future, func(response any, _ error) { goOn(response) })
}

// A gone client must not harm the next one: its response is late, and nothing else happens.
func TestALateResponseWhileAtAnotherRequest(t *testing.T) {
	bubble(t, func(k *kit) {
		var kept *Request
		k.serve("/{what}", onRequest(func(ctx actor.Context, r *Request) {
			if kept == nil {
				kept = r
				return
			}
			ctx.Respond(kept.Text(200, "too late"))
			ctx.Respond(hello(r))
		}))
		k.peer.send(ask("GET", "/1"))
		k.peer.conn.Close()
		k.wait(time.Second)
		second := k.dial()
		second.send(ask("GET", "/2"))
		second.want("it gets its own", "HTTP/1.1 200", "hello")
	})
}

// A child that is asked with a request may answer its parent with any value.
func TestAnAnswerOfTheApplicationsOwn(t *testing.T) {
	bubble(t, func(k *kit) {
		var kept *Request
		k.serve("/", actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *Request:
				kept = message
				ctx.Request(ctx.Spawn(onRequest(func(ctx actor.Context, _ *Request) { ctx.Respond("a room") })), message)
			case string:
				ctx.Respond(kept.Text(200, message))
			}
		}))
		k.peer.send(get)
		k.peer.want("its parent makes a response of that", "HTTP/1.1 200", "a room")
	})
}

// With each message, an actor sees its current children.
func TestChildrenComeAndGo(t *testing.T) {
	bubble(t, func(k *kit) {
		var numbers []int
		k.serve("/", actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				numbers = append(numbers, len(ctx.Children()))
				ctx.Spawn(mute())
				ctx.SpawnPrefix(mute(), "child")
				ctx.SpawnNamed(mute(), "child")
			case *actor.Terminated:
				for _, child := range ctx.Children() {
					if child.Equal(message.Who) {
						t.Error("want the one that has stopped to be gone")
					}
				}
			case func(actor.Context):
				message(ctx)
			}
			numbers = append(numbers, len(ctx.Children()))
		}))
		k.start()
		k.tell("router//", func(ctx actor.Context) { ctx.Stop(ctx.Children()[1]) })
		k.tell("router//", func(ctx actor.Context) { ctx.Stop(ctx.Children()[0]) })
		if wanted := []int{0, 3, 3, 2, 2, 1}; !slices.Equal(numbers, wanted) {
			t.Errorf("want %v children, got %v", wanted, numbers)
		}
	})
}
