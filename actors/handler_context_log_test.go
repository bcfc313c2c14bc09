package actors

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// Lines of a handler are in the actor log, with the actor and its request.
func TestALoggerOfAHandler(t *testing.T) {
	const who = "INFO noted actor=router//{what...}"
	requests := map[string]func(actor.Context, *Request){
		"the request at hand": func(ctx actor.Context, r *Request) {
			ctx.Logger().Info("noted", "room", "red")
			ctx.Respond(hello(r))
		},
		"a child that it was forwarded to": func(ctx actor.Context, r *Request) {
			child, _ := ctx.SpawnNamed(actorOf(func(ctx actor.Context) {
				if r, ok := ctx.Message().(*Request); ok {
					ctx.Logger().Info("noted", "room", "red")
					ctx.Respond(hello(r))
				}
			}), "child")
			ctx.Forward(child)
		},
		"after a future": func(ctx actor.Context, r *Request) {
			future := ctx.RequestFuture(ctx.ActorSystem().NewLocalPID("gone"), "question", time.Minute) // a dead letter is an answer
			ctx.ReenterAfter(future, func(any, error) {
				ctx.Logger().Info("noted", "room", "red")
				ctx.Respond(hello(r))
			})
		},
	}
	for name, handle := range requests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				var ids []string
				k.serve("/{what...}", actorOf(func(ctx actor.Context) {
					switch message := ctx.Message().(type) {
					case *actor.Started:
						ctx.Logger().Info("begun")
					case *Request:
						ids = append(ids, message.ID())
						if message.Exchange() != uint64(len(ids)) {
							t.Errorf("exchange %d has the number %d", len(ids), message.Exchange())
						}
						handle(ctx, message)
					}
				}))
				k.peer.send(get + get)
				k.peer.want("the first", "HTTP/1.1 200")
				k.peer.want("the second", "HTTP/1.1 200")
				if k.log.count("INFO begun actor=router//{what...}") != 1 || k.log.count("INFO begun", "exchange") > 0 {
					t.Errorf("want a line about no request, got %q", k.log.written())
				}
				for n, id := range ids {
					about := " exchange=" + string(rune('1'+n)) + " id=" + id + " "
					if k.log.count(who, about, "room=red") != 1 || k.log.count("INFO exchange ", about) != 1 {
						t.Errorf("want a line of the handler and one of the connection with %q, got %q", about, k.log.written())
					}
				}
			})
		})
	}
}

func TestALoggerOnAnotherGoroutineIsAboutNoRequest(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actorOf(func(ctx actor.Context) {
			r, ok := ctx.Message().(*Request)
			if !ok {
				return
			}
			own, done := ctx.Logger(), make(chan struct{})
			go func() {
				defer close(done)
				ctx.Logger().Info("foreign") // the actor could be at another request by then
				own.Info("given")
			}()
			<-done
			ctx.Respond(hello(r))
		}))
		k.peer.send(get)
		k.peer.want("it works", "HTTP/1.1 200")
		if k.log.count("INFO foreign actor=router//") != 1 || k.log.count("INFO foreign", "exchange=") != 0 ||
			k.log.count("INFO given actor=router// exchange=1 id=") != 1 {
			t.Errorf("got %q", k.log.written())
		}
	})
}

// A logger of the library writes to the actor log, without the library's own lines.
func TestTheLoggerOfTheSystem(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actorOf(func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				ctx.ActorSystem().Logger().Info("of the system")
				ctx.ActorSystem().Logger().Debug("not enabled")
				ctx.ActorSystem().Root.Logger().With("a", 1).Warn("of the root")
				ctx.ActorSystem().Root.Send(ctx.ActorSystem().Root.Spawn(actorOf(func(ctx actor.Context) {
					if ctx.Message() == "go" {
						ctx.Logger().Info("of somebody")
					}
				})), "go")
				ctx.Respond(hello(r))
			}
		}))
		k.peer.send(get)
		k.peer.want("it works", "HTTP/1.1 200")
		for _, line := range []string{"INFO of the system", "INFO of somebody"} {
			if k.log.count(line) != 1 {
				t.Errorf("want %q, got %q", line, k.log.written())
			}
		}
		for _, line := range k.log.written() {
			if strings.Contains(line, "not enabled") || strings.Contains(line, "[") || strings.Contains(line, "actor system started") {
				t.Errorf("want no such line: %q", line)
			}
		}
	})
}

// A panic in an actor of the library is logged with its stack; so are decisions of its supervisor other than a
// restart.
func TestACrashElsewhereIsLogged(t *testing.T) {
	var panicsHere actor.ReceiveFunc = func(ctx actor.Context) {
		if ctx.Message() == "go" {
			panic("no more tape")
		}
	}
	parent := func(ctx actor.Context) {
		switch ctx.Message().(type) {
		case *actor.Started:
			ctx.Send(ctx.Spawn(actorOf(panicsHere)), "go")
		}
	}
	for name, props := range map[string]*actor.Props{"its own": actorOf(panicsHere), "that of a child": actorOf(parent)} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.start()
				root := k.server.env.system.Root
				pid, _ := root.SpawnNamed(props, "clerk")
				root.Send(pid, "go")
				k.wait(1)
				if k.log.count("ERROR crashed actor=clerk", "reason=no more tape", "stack=", "handler_context_log_test.go") != 1 {
					t.Errorf("want a line with the stack, got %q", k.log.written())
				}
				for range 100 {
					root.Send(pid, "go")
					k.wait(1)
				}
				if n := k.log.count("ERROR crashed"); n > 2*crashesInFull {
					t.Errorf("want the others counted, got %d lines", n)
				}
			})
		})
	}
}

func TestIDsAreUnique(t *testing.T) {
	seen := make(map[string]bool)
	for range 2 {
		bubble(t, func(k *kit) {
			k.log.level = slog.LevelInfo
			k.serve("/", answering(func(r *Request) *Response { return r.Text(200, r.ID()) }))
			for range 3 {
				p := k.dial()
				p.send(get + get)
				for range 2 {
					answer := p.want("it works", "HTTP/1.1 200")
					id := answer[strings.LastIndex(answer, "\n")+1:]
					if len(id) < 10 || seen[id] {
						t.Errorf("%q is no id, or was one before", id)
					}
					seen[id] = true
				}
			}
		})
	}
	if (&Request{}).ID() != "" {
		t.Error("want no id of a request that nobody has sent")
	}
}
