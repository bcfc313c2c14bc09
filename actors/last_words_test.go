package actors

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// An endingError ends the goroutine that prints it.
type endingError struct{}

func (endingError) Error() string { runtime.Goexit(); return "" }

// failing are the ways to fail.
var failing = map[string]func(){
	"it panics":             func() { panic("asked to") },
	"it ends its goroutine": runtime.Goexit,
	"its error does":        func() { panic(endingError{}) },
}

// lastWords are the messages that an actor gets while it ends, or its parent does.
var lastWords = map[string]func(any) bool{
	"Stopping":   func(m any) bool { _, is := m.(*actor.Stopping); return is },
	"Stopped":    func(m any) bool { _, is := m.(*actor.Stopped); return is },
	"Restarting": func(m any) bool { _, is := m.(*actor.Restarting); return is },
	"Terminated": func(m any) bool { _, is := m.(*actor.Terminated); return is },
}

// failingAt fails at certain messages: in the actor itself, or in a middleware before it.
var failingAt = map[string]func(is func(any) bool, fail func(), receive actor.ReceiveFunc) *actor.Props{
	"the actor": func(is func(any) bool, fail func(), receive actor.ReceiveFunc) *actor.Props {
		return actorOf(func(ctx actor.Context) {
			if is(ctx.Message()) {
				fail()
			}
			receive(ctx)
		})
	},
	"a middleware": func(is func(any) bool, fail func(), receive actor.ReceiveFunc) *actor.Props {
		return actorOf(receive).Configure(actor.WithReceiverMiddleware(func(next actor.ReceiverFunc) actor.ReceiverFunc {
			return func(ctx actor.ReceiverContext, envelope *actor.MessageEnvelope) {
				if is(envelope.Message) {
					fail()
				}
				next(ctx, envelope)
			}
		}))
	},
}

// An incarnation ends whatever fails in its last words: the handler is restarted, comes back after a stop, and does
// not delay Shutdown.
func TestWhoFailsInItsLastWordsEnds(t *testing.T) {
	for message, is := range lastWords {
		for who, props := range failingAt {
			for what, fail := range failing {
				t.Run(message+" of "+who+": "+what, func(t *testing.T) {
					bubble(t, func(k *kit) {
						k.configure(func(c *Config) { c.IdleTimeout = -1 })
						k.serve("/{what}", props(is, fail, func(ctx actor.Context) {
							switch message := ctx.Message().(type) {
							case *actor.Started:
								ctx.Spawn(actorOf(func(actor.Context) {}))
							case *Request:
								if message.Path() == "/crash" {
									panic("asked to")
								}
								if message.Path() == "/stop" {
									ctx.Stop(ctx.Self())
								}
								ctx.Respond(message.Text(200, "hello"))
							}
						}))
						for path, begin := range map[string]string{"/crash": "HTTP/1.1 500", "/stop": "HTTP/1.1 200"} {
							k.peer.send(ask("GET", path))
							k.peer.want("the end begins", begin)
							k.wait(time.Second)
							k.peer.send(ask("GET", "/hello"))
							k.wait(soon)
							k.peer.want("the handler is back", "HTTP/1.1 200")
						}
						ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
						defer cancel()
						ended := k.shutdown(ctx)
						k.wait(time.Second)
						wantError(t, "nothing holds the end up", ended, nil)
						if n := k.log.count("ERROR crashed actor=router//{what}", "last_words_test.go"); n < 2 {
							t.Errorf("want both crashes in the log, got %q", k.log.written())
						}
					})
				})
			}
		}
	}
}

// An incarnation that fails in Started is told that it ends, like any other: it may have something to release.
func TestWhoFailsInStartedHasLastWords(t *testing.T) {
	for what, fail := range failing {
		t.Run(what, func(t *testing.T) {
			bubble(t, func(k *kit) {
				var life []string
				starts := 0
				k.serve("/", actorOf(func(ctx actor.Context) {
					life = append(life, kind(ctx.Message()))
					if _, ok := ctx.Message().(*actor.Started); ok {
						if starts++; starts <= 3 {
							fail()
						}
					}
					answerHello(ctx)
				}))
				k.peer.send(get)
				k.peer.want("it is there at last", "HTTP/1.1 200")
				wanted := []string{"Started", "Restarting", "Started", "Restarting", "Started", "Restarting", "Started", "Request"}
				if !slices.Equal(life, wanted) {
					t.Errorf("want %q, got %q", wanted, life)
				}
			})
		})
	}
}

// An actor that has ended its goroutine in its last words gets no more messages about that end, but about the next
// one.
func TestWhoFailedInItsLastWordsHasThemAgain(t *testing.T) {
	bubble(t, func(k *kit) {
		var life []string
		restarts := 0
		k.serve("/", actorOf(func(ctx actor.Context) {
			life = append(life, kind(ctx.Message()))
			switch message := ctx.Message().(type) {
			case *actor.Restarting:
				if restarts++; restarts == 1 {
					runtime.Goexit()
				}
			case func(actor.Context):
				message(ctx)
			}
		}))
		k.start()
		for _, what := range []func(actor.Context){crashNow, crashNow, stopNow} {
			k.tell("router//", what)
			k.wait(soon)
		}
		wanted := []string{"Started", "func", "Restarting", "Started", "func", "Restarting", "Started", "func", "Stopping", "Stopped"}
		if len(life) < len(wanted) || !slices.Equal(life[:len(wanted)], wanted) {
			t.Errorf("want %q, got %q", wanted, life)
		}
	})
}
