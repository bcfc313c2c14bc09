package actors

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

func rooms(k *kit, l *lives, options ...HandlerOption) {
	handler := PerKey("room", l.produce, append(options, Named("rooms"))...)
	k.serve("GET /rooms/{room}", handler)
	k.serve("GET /halls/{room}/door", handler)
}

func TestOneActorForEachKey(t *testing.T) {
	bubble(t, func(k *kit) {
		var l lives
		rooms(k, &l)
		k.peer.send(ask("GET", "/rooms/red") + ask("GET", "/rooms/blue") + ask("GET", "/halls/red/door") + ask("GET", "/rooms/a%2Fb%25"))
		k.peer.want("it is made at its first request", "HTTP/1.1 200", `router/rooms/red "red" visit 1`)
		k.peer.want("another key is another actor", "HTTP/1.1 200", `router/rooms/blue "blue" visit 1`)
		k.peer.want("the same key is the same actor", "HTTP/1.1 200", `router/rooms/red "red" visit 2`)
		k.peer.want("a key may be any text", "HTTP/1.1 200", `router/rooms/a/b% "a/b%" visit 1`)
		k.peer.send(ask("GET", "/rooms/red?do=panic") + ask("GET", "/rooms/red"))
		k.peer.want("told at once", "HTTP/1.1 500")
		k.peer.want("it is back, fresh, and knows its key", "HTTP/1.1 200", `router/rooms/red "red" visit 1`)
		k.peer.send(ask("GET", "/rooms/"+strings.Repeat("x", longestKey+1)))
		k.peer.want("a name has an end", "HTTP/1.1 414")
		k.peer.send(ask("GET", "/rooms/red?do=stop") + ask("GET", "/rooms/red"))
		k.peer.want("the game is over", "HTTP/1.1 200")
		k.peer.want("the next one begins", "HTTP/1.1 200", `visit 1`)
	})
}

func TestAnIdleKeyEnds(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		var l lives
		rooms(k, &l, IdleAfter(time.Minute))
		k.peer.send(ask("GET", "/rooms/red"))
		k.peer.want("", "HTTP/1.1 200")
		k.wait(50 * time.Second)
		k.peer.send(ask("GET", "/rooms/blue"))
		k.peer.want("", "HTTP/1.1 200")
		k.wait(14 * time.Second)
		if l.now.Load() != 1 {
			t.Errorf("want the idle one gone: %d are left", l.now.Load())
		}
		k.wait(51 * time.Second)
		if at := k.server.env.routes().handlers[0].placement.(*keyed); l.now.Load() != 0 || len(at.places) != 0 || at.seated != 0 || at.used.length != 0 {
			t.Errorf("want nothing left, got %d, %v", l.now.Load(), at)
		}
		k.peer.send(ask("GET", "/rooms/red"))
		k.peer.want("a successor", "HTTP/1.1 200", "visit 1")
		kept := k.dial()
		kept.send(ask("GET", "/rooms/blue?do=keep"))
		k.wait(29 * time.Second)
		k.peer.send(ask("GET", "/rooms/blue"))
		k.peer.want("while an exchange is open, it is not idle", "HTTP/1.1 200", "visit 2")
	})
}

// Requests that come while an actor ends wait, and its successor gets them: none is lost or refused, and no key ever
// has two actors.
func TestASuccessorGetsWhatWaits(t *testing.T) {
	bubble(t, func(k *kit) {
		l := lives{stop: func() { time.Sleep(time.Second) }}
		rooms(k, &l, IdleAfter(time.Minute))
		k.peer.send(ask("GET", "/rooms/red"))
		k.peer.want("", "HTTP/1.1 200")
		k.wait(64 * time.Second)
		waiting := k.queueUp(3, "/rooms/red")
		for _, p := range waiting {
			p.wantIdle("it waits")
		}
		k.wait(time.Second)
		for i, p := range waiting {
			p.want("the successor has it", "HTTP/1.1 200", fmt.Sprintf("visit %d", i+1))
		}
		if l.most.Load() != 1 || l.made.Load() != 2 {
			t.Errorf("want 2 actors one after the other, got %d made, %d at once", l.made.Load(), l.most.Load())
		}
	})
}

// Messages in the mailbox of an actor that stops itself are for its successor.
func TestAnActorThatStopsItselfHandsOver(t *testing.T) {
	bubble(t, func(k *kit) {
		l := lives{stop: func() { time.Sleep(time.Second) }}
		rooms(k, &l)
		first := k.queueUp(1, "/rooms/red?do=block")[0]
		second := k.queueUp(1, "/rooms/red?do=stop")[0]
		waiting := k.queueUp(3, "/rooms/red")
		k.wait(1500 * time.Millisecond)
		first.want("", "HTTP/1.1 200", "visit 1")
		second.want("", "HTTP/1.1 200", "visit 2")
		waiting = append(waiting, k.queueUp(1, "/rooms/red")...)
		k.wait(time.Second)
		for _, p := range waiting {
			p.want("the successor has it", "HTTP/1.1 200", `"red" visit`)
		}
		if l.most.Load() != 1 || l.made.Load() != 2 {
			t.Errorf("want 2 actors one after the other, got %d made, %d at once", l.made.Load(), l.most.Load())
		}
	})
}

func TestKeysHaveABound(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		l := lives{stop: func() { time.Sleep(100 * time.Millisecond) }}
		rooms(k, &l, MaxActors(3))
		for _, room := range []string{"a", "b", "c", "a"} {
			k.peer.send(ask("GET", "/rooms/"+room))
			k.peer.want("there is room", "HTTP/1.1 200")
			k.wait(time.Second)
		}
		k.peer.send(ask("GET", "/rooms/d"))
		k.wait(time.Second)
		k.peer.want("the one that has been idle for longest makes room", "HTTP/1.1 200", `"d" visit 1`)
		if l.most.Load() != 3 {
			t.Errorf("want 3 at a time, got %d", l.most.Load())
		}
		k.peer.send(ask("GET", "/rooms/a"))
		k.peer.want("it was not that", "HTTP/1.1 200", `"a" visit 3`)
		k.queueUp(1, "/rooms/a?do=keep")
		k.queueUp(1, "/rooms/c?do=keep")
		busy := k.queueUp(1, "/rooms/d?do=block")[0]
		k.peer.send(ask("GET", "/rooms/e"))
		k.wait(soon)
		k.peer.want("none is idle", "HTTP/1.1 503", "\r\nRetry-After: ")
		k.wait(2 * time.Second)
		busy.want("", "HTTP/1.1 200")
		k.peer.send(ask("GET", "/rooms/e"))
		k.wait(time.Second)
		k.peer.want("one is idle", "HTTP/1.1 200", `"e" visit 1`)
	})
}

// A stuck room answers 503 instead of collecting 504s, and other rooms do not notice.
func TestAStuckKeySheds(t *testing.T) {
	bubble(t, func(k *kit) {
		var l lives
		rooms(k, &l, MaxQueue(2))
		k.serve("GET /stuck/{room}", PerKey("room", func() actor.Actor {
			return actor.ReceiveFunc(func(ctx actor.Context) {
				if _, ok := ctx.Message().(*Request); ok {
					time.Sleep(time.Minute)
				}
			})
		}, Named("stuck"), MaxQueue(2)))
		clients := k.queueUp(4, "/stuck/red")
		clients[3].want("two wait", "HTTP/1.1 503", "\r\nRetry-After: ")
		k.peer.send(ask("GET", "/rooms/red"))
		k.peer.want("another handler", "HTTP/1.1 200")
		k.wait(6 * time.Second)
		clients[1].want("nobody waits longer than that", "HTTP/1.1 503")
		k.wait(25 * time.Second)
		clients[0].want("its time is up, and the room is named", "HTTP/1.1 504", "router/stuck/red has been running")
		k.wait(time.Minute)
	})
}

// A failing producer is tried again after pauses, by the next request. It uses no more places than there are seats.
func TestAKeyWhoseProducerFails(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		var broken atomic.Bool
		var l lives
		broken.Store(true)
		k.serve("GET /{room}", PerKey("room", func() actor.Actor {
			if broken.Load() {
				panic("no database")
			}
			return l.produce()
		}, MaxActors(2), IdleAfter(time.Minute)))
		for _, room := range []string{"a", "b", "c", "d"} {
			k.peer.send(ask("GET", "/"+room))
			k.peer.want("it cannot be made", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n")
		}
		if n := len(k.server.env.routes().handlers[0].placement.(*keyed).places); n > 2 {
			t.Errorf("want 2 places, got %d", n)
		}
		broken.Store(false)
		k.wait(time.Second)
		k.peer.send(ask("GET", "/d"))
		k.peer.want("it can be made", "HTTP/1.1 200")
	})
}

// No key leads to another actor: neither to that of another key, nor to another handler, nor to the child of one.
func TestNoKeyIsAnotherActor(t *testing.T) {
	bubble(t, func(k *kit) {
		var l lives
		rooms(k, &l)
		k.serve("GET /x/{room}/y", PerKey("room", l.produce, Named("rooms/red")))
		var names []string
		for _, target := range []string{"/rooms/red%2Fx", "/rooms/red", "/x/red%2Fx/y", "/x/x/y", "/rooms/red$1"} {
			k.peer.send(ask("GET", target))
			k.peer.want("each is an actor of its own", "HTTP/1.1 200", "visit 1")
		}
		for _, bucket := range k.server.env.system.ProcessRegistry.LocalPIDs.LocalPIDs {
			bucket.IterCb(func(id string, _ any) { names = append(names, id) })
		}
		for _, want := range []string{"server/router/rooms/red%2Fx", "server/router/rooms/red", "server/router/rooms%2Fred/x", "server/router/rooms%2Fred/red%2Fx"} {
			if !slices.Contains(names, want) {
				t.Errorf("want %s in %q", want, names)
			}
		}
	})
}

// An actor that stops as soon as it is made is made again a few times, and then after pauses: its requests do not keep a
// processor busy.
func TestAKeyWhoseActorQuitsAtOnce(t *testing.T) {
	bubble(t, func(k *kit) {
		var made atomic.Int32
		k.serve("GET /{room}", PerKey("room", func() actor.Actor {
			made.Add(1)
			return actor.ReceiveFunc(func(ctx actor.Context) {
				if _, ok := ctx.Message().(*actor.Started); ok {
					ctx.Stop(ctx.Self())
				}
			})
		}))
		k.peer.send(ask("GET", "/a"))
		k.peer.want("it is refused", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n")
		if n := made.Load(); n > freeRestarts+1 {
			t.Errorf("want some attempts, got %d", n)
		}
	})
}
