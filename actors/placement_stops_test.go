package actors

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// An actor with a key may stop itself after any answer: no request is lost or refused, however many come at once.
func TestAnActorThatStopsItselfOftenLosesNothing(t *testing.T) {
	var answers, incarnations atomic.Int64
	handler := PerKey("room", func() actor.Actor {
		incarnations.Add(1)
		return actor.ReceiveFunc(func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				ctx.Respond(r.Text(200, ""))
				if answers.Add(1)%7 == 0 {
					ctx.Stop(ctx.Self())
				}
			}
		})
	})
	server := NewServer(Config{Logger: slog.New(slog.DiscardHandler)})
	defer server.Close()
	server.Handle("GET /{room}", handler)
	requests := 3000
	if testing.Short() {
		requests = 300
	}
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for range requests {
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				response, err := server.Do(ctx, NewRequest("GET", "/red", nil))
				if cancel(); err != nil || response.Status != 200 {
					t.Errorf("got %v, %v", response, err)
					return
				}
			}
		})
	}
	clients.Wait()
	if n := incarnations.Load(); n < int64(requests)/2 {
		t.Errorf("want many to have stopped, got %d incarnations", n)
	}
}

// A request that is on its way when its handler is taken out of the routes is answered by it, whatever has become of
// the pattern and of the name since; and the handler that has them then is not harmed.
func TestARequestOnItsWayKeepsItsHandler(t *testing.T) {
	for name, make := range map[string]func(l *lives) *Handler{
		"One":        func(l *lives) *Handler { return One(l.produce, Named("new")) },
		"Pool":       func(l *lives) *Handler { return Pool(2, l.produce, Named("new")) },
		"PerRequest": func(l *lives) *Handler { return PerRequest(l.produce, Named("new"), MaxActors(1)) },
		"PerKey":     func(l *lives) *Handler { return PerKey("key", l.produce, Named("new"), IdleAfter(retirePause)) },
	} {
		for _, same := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, the same %v", name, same), func(t *testing.T) {
				bubble(t, func(k *kit) {
					var l, others lives
					handler := make(&l)
					k.serve("POST /new/{key}", handler)
					k.peer.send("POST /new/x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
					k.wait(soon)
					k.server.Remove("POST /new/{key}")
					k.wait(5 * retirePause)
					next := handler
					if !same {
						next = make(&others)
					}
					k.server.Handle("POST /new/{key}", next)
					call := func(do string) string { return k.do(NewRequest("POST", "/new/x?do="+do, nil)) }
					if got := call(""); got[:3] != "200" {
						t.Errorf("the new route: got %q", got)
					}
					k.peer.send("cd")
					k.peer.want("the old one", "HTTP/1.1 200", "router/new")
					for range 4 {
						if got := call("stop"); got[:3] != "200" {
							t.Errorf("before it stops: got %q", got)
						}
						k.wait(3 * time.Second)
						if got := call(""); got[:3] != "200" {
							t.Errorf("after it has stopped: got %q", got)
						}
					}
				})
			})
		}
	}
}

// The last actor of a handler that nobody uses any more stops, also if it was made late.
func TestALateActorOfARetiredHandlerStops(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		var l lives
		k.serve("POST /{key}", PerKey("key", l.produce, IdleAfter(-1)))
		k.serve("/", saying("ok"))
		k.peer.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na")
		k.wait(soon)
		k.server.Remove("POST /{key}")
		k.wait(time.Second)
		k.peer.send("b")
		k.peer.want("it is answered", "HTTP/1.1 200")
		k.wait(time.Second)
		if l.made.Load() != 1 || l.now.Load() != 0 {
			t.Errorf("want it stopped, %d of %d live", l.now.Load(), l.made.Load())
		}
		if n := len(k.server.env.retiring.all); n != 0 {
			t.Errorf("want nothing left of the handler, %d retire", n)
		}
	})
}

// A route that comes after its request was looked up does not make a 405 that allows the method.
func TestA405NeverAllowsTheMethod(t *testing.T) {
	bubble(t, func(k *kit) {
		env := k.environment()
		r := &Request{env: env}
		r.head.Method, r.head.Target.Path = "GET", "/a"
		server := &Server{env: env}
		server.Handle("GET /a", oneOf(saying("")))
		if got := (&router{env: env}).notRouted(r); got.Status != 404 {
			t.Errorf("want 404, got %d %q", got.Status, got.Fields)
		}
	})
}

// The actor of one name is never that of another, whatever the names are.
func TestNamesWithADollar(t *testing.T) {
	bubble(t, func(k *kit) {
		var l lives
		k.serve("/pool", Pool(2, l.produce, Named("a")))
		k.serve("/one", One(l.produce, Named("a$1")))
		for range 3 {
			k.peer.send(ask("GET", "/one") + ask("GET", "/pool"))
			k.peer.want("one", "HTTP/1.1 200", "router/a$1")
			k.peer.want("the pool", "HTTP/1.1 200", "router/a$")
		}
		if !k.server.Ready() || l.made.Load() != 3 {
			t.Errorf("want three actors, got %d", l.made.Load())
		}
	})
}

// An actor knows its key until its last message.
func TestTheKeyIsKnownToTheEnd(t *testing.T) {
	bubble(t, func(k *kit) {
		keys := make(map[string]string)
		k.serve("/{key}", PerKey("key", func() actor.Actor {
			return actor.ReceiveFunc(func(ctx actor.Context) {
				keys[kind(ctx.Message())] = Key(ctx)
				if r, ok := ctx.Message().(*Request); ok {
					ctx.Respond(r.Text(200, ""))
				}
			})
		}, IdleAfter(time.Second)))
		k.peer.send(ask("GET", "/a%2Fb"))
		k.peer.want("it answers", "HTTP/1.1 200")
		k.wait(time.Minute)
		for _, message := range []string{"Started", "Request", "Stopping", "Stopped"} {
			if keys[message] != "a/b" {
				t.Errorf("%s: got %q", message, keys[message])
			}
		}
	})
}

// A handler that cannot start, and is taken away, is not waited for.
func TestAServerIsReadyWithoutWhatWasRemoved(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/good", saying("ok"))
		k.serve("/bad", Pool(2, func() actor.Actor { panic("no database") }))
		k.start()
		k.wait(time.Second)
		if k.server.Ready() {
			t.Error("want it to wait")
		}
		k.server.Remove("/bad")
		k.wait(soon)
		if !k.server.Ready() {
			t.Error("want it ready")
		}
	})
}

// The link looks at the line of a request while the request changes its line.
func TestAPerRequestHandlerAtItsLimit(t *testing.T) {
	server := NewServer(Config{Logger: slog.New(slog.DiscardHandler)})
	defer server.Close()
	var l lives
	server.Handle("GET /", PerRequest(l.produce, MaxActors(2)))
	var clients sync.WaitGroup
	for range 16 {
		clients.Go(func() {
			for range 50 {
				if response, err := server.Do(context.Background(), NewRequest("GET", "/", nil)); err != nil || response.Status != 200 {
					t.Errorf("got %v, %v", response, err)
				}
			}
		})
	}
	clients.Wait()
	if most := l.most.Load(); most > 2 {
		t.Errorf("want at most two at once, got %d", most)
	}
}
