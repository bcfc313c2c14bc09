package actors

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/asynkron/protoactor-go/actor"
)

// strangeNames are names of actors that could be taken for something else.
var strangeNames = []string{
	"admin", "/admin", "admin/", "a/b", "a", "a%2Fb", "a%2fb", "a%252Fb", "%", "%2", "%25", "/", "//", "", ".", "..", "$1", "connection$1",
	"GET /rooms/admin", "GET %2Frooms%2Fadmin", "server/router/GET /rooms/admin", "ä/ö", "日本語", "\xff/\x00", "with spaces",
	strings.Repeat("long/", 1000),
}

// A name is one segment of a path, and one that people can read.
func TestANameIsOneSegment(t *testing.T) {
	seen := make(map[string]string)
	for _, name := range strangeNames {
		escaped := escapeName(name)
		if strings.Contains(escaped, "/") {
			t.Errorf("%q: want one segment, got %q", name, escaped)
		}
		if other, taken := seen[escaped]; taken {
			t.Errorf("%q and %q have the same name %q", name, other, escaped)
		}
		seen[escaped] = name
		if got := path(actor.NewPID("nonhost", "server/router/"+escaped)); got != "router/"+name {
			t.Errorf("want %q in the log, got %q", name, got)
		}
	}
}

// A handler of GET /rooms that has a child "admin" had the handler of GET /rooms/admin for a child, and its requests
// went there; when that handler came back, the child had become the route.
func TestNoChildTakesTheNameOfARoute(t *testing.T) {
	for _, name := range []string{"admin", "/admin", "x"} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("GET /rooms", actorOf(func(ctx actor.Context) {
					switch message := ctx.Message().(type) {
					case *Request:
						child, err := ctx.SpawnNamed(saying("the child"), name)
						if err != nil && !errors.Is(err, actor.ErrNameExists) {
							panic(err)
						}
						ctx.Forward(child)
					case func(actor.Context):
						message(ctx)
					}
				}))
				var route *actor.PID
				k.serve("GET /rooms/admin", actorOf(func(ctx actor.Context) {
					switch message := ctx.Message().(type) {
					case *actor.Started:
						route = ctx.Self()
					case *Request:
						if message.Query().Has("stop") {
							ctx.Stop(ctx.Self())
						}
						ctx.Respond(message.Text(200, "the route"))
					}
				}))
				wantBoth := func(why string) {
					t.Helper()
					for target, text := range map[string]string{"/rooms": "the child", "/rooms/admin": "the route"} {
						k.peer.send(ask("GET", target))
						k.peer.want(why+": "+target, "HTTP/1.1 200", "\r\n\r\n"+text)
					}
				}
				wantBoth("each has its own")
				k.peer.send(ask("GET", "/rooms/admin?stop"))
				k.peer.want("the handler of the route stops", "HTTP/1.1 200")
				wantRetry := k.dial()
				wantRetry.send(ask("GET", "/rooms/admin"))
				wantRetry.want("nobody takes its place", "HTTP/1.1 503")
				k.wait(firstPause)
				wantBoth("it is back, beside the child")
				k.server.env.system.Root.Send(k.server.env.seat(0).pid, crashNow)
				k.wait(soon)
				wantBoth("whatever becomes of the parent")
				if !strings.HasPrefix(route.Id, "server/router/") || strings.Count(route.Id, "/") != 2 {
					t.Errorf("want a child of the router, got %q", route.Id)
				}
			})
		})
	}
}

// Children with any name belong to their parent: they can be reached, told apart, and forgotten.
func TestChildrenOfStrangeNames(t *testing.T) {
	bubble(t, func(k *kit) {
		children := make(map[string]*actor.PID)
		k.serve("/{what}", actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				for _, name := range strangeNames {
					child, err := ctx.SpawnNamed(saying(name), name)
					if err != nil {
						t.Errorf("%q: %v", name, err)
						continue
					}
					children[name] = child
					if again, err := ctx.SpawnNamed(saying("another"), name); !errors.Is(err, actor.ErrNameExists) || !again.Equal(child) {
						t.Errorf("%q: want the name taken by the child, got %v, %v", name, again, err)
					}
				}
			case *Request:
				ctx.Forward(children[message.Field("Name")])
			case func(actor.Context):
				message(ctx)
			}
		}))
		k.peer.dial()
		before := len(k.server.env.living())
		for name, child := range children {
			if rest, below := strings.CutPrefix(child.Id, "server/router/%2F{what}/"); !below || strings.Contains(rest, "/") {
				t.Errorf("%q: want a child of the handler, got %q", name, child.Id)
			}
			if strings.Trim(name, " ") != name || strings.Contains(name, "\x00") || !utf8.ValidString(name) || len(name) > 1000 || name == "" {
				continue // no value of a field
			}
			k.peer.send("GET /a HTTP/1.1\r\nHost: a\r\nName: " + name + "\r\n\r\n")
			k.peer.want("its own child", "HTTP/1.1 200", "\r\n\r\n"+name)
		}
		k.tell("router//{what}", crashNow)
		k.wait(soon)
		if after := len(k.server.env.living()); after != before {
			t.Errorf("want as many actors behind a restart, got %d, then %d", before, after)
		}
		k.peer.send("GET /a HTTP/1.1\r\nHost: a\r\nName: a/b\r\n\r\n")
		k.peer.want("the children are back", "HTTP/1.1 200", "\r\n\r\na/b")
	})
}

// The child of a child is below it, not beside it.
func TestGrandchildrenOfStrangeNames(t *testing.T) {
	bubble(t, func(k *kit) {
		ids := make(map[string]string)
		note := func(who string, below *actor.Props, name string) *actor.Props {
			return actorOf(func(ctx actor.Context) {
				if _, ok := ctx.Message().(*actor.Started); ok {
					ids[who] = ctx.Self().Id
					if below != nil {
						ctx.SpawnNamed(below, name)
					}
				}
			})
		}
		k.serve("/x", note("handler", note("child", note("grandchild", nil, ""), "c/d"), "a/b"))
		k.start()
		if got, want := ids["grandchild"], "server/router/%2Fx/a%2Fb/c%2Fd"; got != want {
			t.Errorf("want %q, got %q", want, got)
		}
	})
}
