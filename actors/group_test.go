package actors

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

type userKey struct{}

// marks is an After that says it was there.
func marks(name string) RouteOption {
	return After(func(_ *Request, response *Response) { response.With("X-After", name) })
}

func TestGroups(t *testing.T) {
	bubble(t, func(k *kit) {
		var order []string
		notes := func(name string) RouteOption {
			return Before(func(r *Request) *Response {
				order = append(order, name)
				if r.Field("X-Stop") == name {
					return r.Text(403, "stopped by "+name)
				}
				r.Set(userKey{}, name)
				return nil
			})
		}
		echo := Func(func(r *Request) *Response { return r.Text(200, fmt.Sprint(r.Value(userKey{}), " ", r.Pattern())) })
		api := k.server.Group("/api", notes("api"), marks("api"), MaxBody(10))
		inner := api.Group("/{tenant}", notes("inner"), marks("inner"))
		inner.Handle("GET /rooms/{room}", echo, notes("route"), marks("route"))
		api.Handle("POST /small", echo)
		api.Handle("POST /large", echo, MaxBody(100))
		mounted := NewGroup(marks("mounted"))
		mounted.Handle("GET /{$}", echo)
		mounted.Group("/deep").Handle("/down", echo)
		k.server.Mount("/other", mounted, marks("mount"))
		k.peer.send(ask("GET", "/api/red/rooms/blue"))
		k.peer.want("each calls the next", "HTTP/1.1 200", "X-After: route\r\nX-After: inner\r\nX-After: api\r\n", "route GET /api/{tenant}/rooms/{room}")
		if got := strings.Join(order, " "); got != "api inner route" {
			t.Errorf("want the outer ones first, got %q", got)
		}
		k.peer.send("GET /api/red/rooms/blue HTTP/1.1\r\nHost: a\r\nX-Stop: inner\r\n\r\n")
		k.peer.want("one of them answers", "HTTP/1.1 403", "X-After: route\r\nX-After: inner\r\nX-After: api\r\n", "stopped by inner")
		k.peer.send("POST /api/small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n01234567890")
		k.peer.want("the limit of the group", "HTTP/1.1 413")
		k.peer.send("POST /api/large HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n01234567890")
		k.peer.want("that of the route", "HTTP/1.1 200")
		k.peer.send(ask("GET", "/other/") + ask("PUT", "/other/deep/down"))
		k.peer.want("", "HTTP/1.1 200", "X-After: mounted\r\nX-After: mount\r\n", "GET /other/{$}")
		k.peer.want("", "HTTP/1.1 200", "/other/deep/down")
	})
}

// A request that Before refuses costs the handler neither queue nor content.
func TestBeforeComesBeforeEverything(t *testing.T) {
	bubble(t, func(k *kit) {
		stuck := k.stuckActor()
		k.serve("/", stuck.props(), MaxQueue(1), Before(func(r *Request) *Response {
			if r.Field("Authorization") == "" {
				return r.Text(401, "who are you?")
			}
			return nil
		}))
		k.start()
		defer stuck.letGo()
		for range 3 {
			k.dial().send("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\n\r\n")
		}
		k.peer.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n")
		k.peer.want("nobody asks for the content", "HTTP/1.1 401", "\r\nConnection: close\r\n", "who are you?")
	})
}

func TestFiltersThatFail(t *testing.T) {
	for name, option := range map[string]RouteOption{
		"a panic before":       Before(func(*Request) *Response { panic("asked to") }),
		"another's response":   Before(func(*Request) *Response { return &Response{Status: 200} }),
		"an exit before":       Before(func(*Request) *Response { failing["it ends its goroutine"](); return nil }),
		"a panic after":        After(func(*Request, *Response) { panic("asked to") }),
		"what HTTP forbids":    After(func(_ *Request, r *Response) { r.With("a b", "c") }),
		"too late for a value": After(func(r *Request, _ *Response) { r.Set("a", "b") }),
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/bad", saying("hello"), option)
				k.serve("/good", saying("hello"))
				for range 2 * connectionRestarts {
					p := k.dial()
					p.send(ask("GET", "/bad"))
					p.want("a panic in it is a 500", "HTTP/1.1 500")
				}
				if name != "an exit before" && name != "what HTTP forbids" {
					for range 2 * connectionRestarts {
						k.peer.send(ask("GET", "/bad") + ask("GET", "/good"))
						k.peer.want("a panic in it is a 500", "HTTP/1.1 500")
						k.peer.want("the connection goes on", "HTTP/1.1 200")
					}
				}
				if k.log.count("ERROR") == 0 {
					t.Errorf("want it in the log, got %q", k.log.written())
				}
			})
		})
	}
}

func TestRoutesComeAndGoWhileTheServerServes(t *testing.T) {
	for name, test := range map[string]func(l *lives) *Handler{
		"One":        func(l *lives) *Handler { return One(l.produce, Named("new")) },
		"Pool":       func(l *lives) *Handler { return Pool(2, l.produce, Named("new")) },
		"PerRequest": func(l *lives) *Handler { return PerRequest(l.produce, Named("new")) },
		"PerKey":     func(l *lives) *Handler { return PerKey("key", l.produce, Named("new")) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/old", saying("old"))
				k.start()
				k.peer.send(ask("GET", "/new/x"))
				k.peer.want("not yet", "HTTP/1.1 404")
				var l lives
				handler := test(&l)
				for range 3 {
					k.server.Handle("/new/{key}", handler)
					k.server.Handle("/also/{key}", handler)
					k.peer.send(ask("GET", "/new/x") + ask("GET", "/also/x") + ask("GET", "/old"))
					k.peer.want("it is there", "HTTP/1.1 200", "router/new")
					k.peer.want("it is there", "HTTP/1.1 200", "router/new")
					k.peer.want("the others go on", "HTTP/1.1 200", "old")
					inFlight := k.dial()
					inFlight.send(ask("GET", "/new/x?do=block"))
					if !k.server.Remove("/new/{key}") || k.server.Remove("/new/{key}") {
						t.Error("want it removed once")
					}
					k.peer.send(ask("GET", "/new/x"))
					k.wait(soon)
					k.peer.want("it is gone", "HTTP/1.1 404")
					k.server.Remove("/also/{key}")
					k.wait(time.Second)
					inFlight.want("requests in flight finish", "HTTP/1.1 200", "router/new")
					k.wait(time.Second)
					if n := l.now.Load(); n != 0 {
						t.Errorf("actors without a route stop: %d are left", n)
					}
				}
				if !k.server.Ready() {
					t.Error("routes that came later do not count")
				}
			})
		})
	}
}

// A pattern may change its handler, also if that still has another route.
func TestAPatternChangesItsHandler(t *testing.T) {
	bubble(t, func(k *kit) {
		before := oneOf(saying("before"))
		k.serve("/a", before)
		k.serve("/b", before)
		k.start()
		k.server.Remove("/a")
		k.serve("/a", saying("after"))
		k.peer.send(ask("GET", "/a") + ask("GET", "/b"))
		k.peer.want("the new one", "HTTP/1.1 200", "after")
		k.peer.want("the old one", "HTTP/1.1 200", "before")
	})
}

// Routes change while requests come, and no request hangs.
func TestRoutesChangeUnderLoad(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		k.start()
		var served atomic.Int32
		handler := One(func() actor.Actor {
			return actor.ReceiveFunc(func(ctx actor.Context) {
				if r, ok := ctx.Message().(*Request); ok {
					served.Add(1)
					ctx.Respond(r.Text(200, ""))
				}
			})
		})
		clients := []*peer{k.dial(), k.dial(), k.dial()}
		for n := range 200 {
			if n%2 == 0 {
				k.server.Handle("/{n}", handler)
			}
			for _, p := range clients {
				p.outgoing <- []byte(ask("GET", "/1"))
			}
			if n%2 == 1 {
				k.server.Remove("/{n}")
			}
			k.wait(retirePause / 7)
			for _, p := range clients {
				p.want("one or the other", "HTTP/1.1 ")
			}
		}
		if served.Load() == 0 {
			t.Error("want some served")
		}
	})
}
