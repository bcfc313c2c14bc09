package actors

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A visitor book is an actor that answers with its name and its number of requests.
type book struct {
	visits int
	key    string
	life   *lives
}

// lives count the actors that a producer has made, those that have stopped, and how many were there at once.
type lives struct {
	made, ended, now, most atomic.Int32
	stop                   func() // is called in Stopping
}

func (l *lives) produce() actor.Actor { return &book{life: l} }

func (b *book) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actor.Started:
		b.life.made.Add(1)
		b.life.most.Store(max(b.life.most.Load(), b.life.now.Add(1)))
		b.key = Key(ctx)
	case *actor.Stopping:
		if b.life.stop != nil {
			b.life.stop()
		}
	case *actor.Stopped:
		b.life.ended.Add(1)
		b.life.now.Add(-1)
	case *Request:
		b.visits++
		switch message.Query().Get("do") {
		case "panic":
			panic("asked to")
		case "stop":
			ctx.Stop(ctx.Self())
		case "block":
			time.Sleep(time.Second)
		case "keep":
			return
		}
		ctx.Respond(message.Text(200, fmt.Sprintf("%s %q visit %d", path(ctx.Self()), b.key, b.visits)))
	}
}

// One handler may be given to several patterns: they share its state.
func TestOneActorForTwoPatterns(t *testing.T) {
	bubble(t, func(k *kit) {
		var l lives
		one := One(l.produce)
		k.serve("GET /a", one)
		k.serve("GET /b/{c}", one)
		k.peer.send(ask("GET", "/a") + ask("GET", "/b/x") + ask("HEAD", "/a"))
		k.peer.want("the first", "HTTP/1.1 200", `router/GET /a "" visit 1`)
		k.peer.want("it is the same actor", "HTTP/1.1 200", `router/GET /a "" visit 2`)
		if n := l.made.Load(); n != 1 {
			t.Errorf("want one actor, got %d", n)
		}
	})
}

func TestAPoolGivesRequestsToTheLeastBusy(t *testing.T) {
	bubble(t, func(k *kit) {
		var l lives
		k.serve("GET /", Pool(3, l.produce, Named("desk")))
		blocked := k.queueUp(2, "/?do=block")
		k.peer.send(ask("GET", "/"))
		k.wait(soon)
		k.peer.want("one is free", "HTTP/1.1 200", "router/desk$3 ")
		crashed := k.dial()
		crashed.send(ask("GET", "/?do=panic"))
		crashed.want("that one fails", "HTTP/1.1 500")
		k.peer.send(ask("GET", "/"))
		k.peer.want("it is back, and fresh", "HTTP/1.1 200", `router/desk$3 "" visit 1`)
		k.wait(2 * time.Second)
		for i, p := range blocked {
			p.want("the others did not hear of it", "HTTP/1.1 200", fmt.Sprintf(`router/desk$%d "" visit 1`, i+1))
		}
	})
}

func TestPerRequest(t *testing.T) {
	bubble(t, func(k *kit) {
		var l lives
		k.serve("GET /", PerRequest(l.produce, Named("guest"), MaxActors(2), MaxQueue(1)))
		for n := range 3 {
			k.peer.send(ask("GET", "/"))
			k.peer.want("each is the first", "HTTP/1.1 200", fmt.Sprintf(`router/guest$%d "" visit 1`, n+1))
		}
		k.peer.send(ask("GET", "/?do=panic"))
		k.peer.want("told at once", "HTTP/1.1 500")
		if made, ended := l.made.Load(), l.ended.Load(); made != 4 || ended != 4 {
			t.Errorf("want 4 made and 4 gone, got %d and %d", made, ended)
		}
		clients := k.queueUp(4, "/?do=block")
		clients[3].want("two are at work, and one waits", "HTTP/1.1 503", "\r\nRetry-After: ")
		k.wait(3 * time.Second)
		for _, p := range clients[:3] {
			p.want("an actor was made for it", "HTTP/1.1 200", "visit 1")
		}
		if most := l.most.Load(); most != 2 {
			t.Errorf("want 2 at a time, got %d", most)
		}
		late := k.dial()
		late.send(ask("GET", "/?do=keep"))
		k.wait(30 * time.Second)
		late.want("its time is up", "HTTP/1.1 504", "router/guest$")
		if now := l.now.Load(); now != 0 {
			t.Errorf("its actor goes with the exchange: %d are left", now)
		}
	})
}

func TestAFunctionRunsForManyAtOnce(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("GET /", Func(func(r *Request) *Response {
			time.Sleep(10 * time.Millisecond)
			return r.Text(200, "")
		}, MaxActors(64), MaxQueue(2)))
		for range 3 {
			var clients []*peer
			for range 64 {
				clients = append(clients, k.dial())
			}
			begun := time.Now()
			for _, p := range clients {
				p.outgoing <- []byte(ask("GET", "/"))
			}
			k.wait(20 * time.Millisecond)
			for _, p := range clients {
				p.want("64 take as long as one", "HTTP/1.1 200")
			}
			if took := time.Since(begun); took > 21*time.Millisecond {
				t.Errorf("want some 10 ms, got %v", took)
			}
		}
		k.wait(time.Minute)
		if n := k.server.env.routes().Entries()[0].Value.handler.placement.(*crew).actors.Load(); n != 0 {
			t.Errorf("actors that nobody needs stop: %d are left", n)
		}
		k.peer.send(get)
		k.wait(time.Second)
		k.peer.want("there is a new one", "HTTP/1.1 200")
	})
}

func TestAFunctionHasABound(t *testing.T) {
	bubble(t, func(k *kit) {
		var now, most atomic.Int32
		k.serve("GET /", Func(func(r *Request) *Response {
			most.Store(max(most.Load(), now.Add(1)))
			defer now.Add(-1)
			time.Sleep(time.Second)
			return r.Text(200, "")
		}, MaxActors(3), MaxQueue(2)))
		clients := k.queueUp(6, "/")
		clients[5].want("three run and two wait", "HTTP/1.1 503", "\r\nRetry-After: ")
		k.wait(2 * time.Second)
		for _, p := range clients[:5] {
			p.want("it had its turn", "HTTP/1.1 200")
		}
		if most.Load() != 3 {
			t.Errorf("want 3 at a time, got %d", most.Load())
		}
	})
}

// A function that was always quick blocks: the requests that wait for its actor soon go to others.
func TestAQuickFunctionThatBlocks(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		k.serve("GET /{what}", Func(func(r *Request) *Response {
			if r.Param("what") == "block" {
				time.Sleep(10 * time.Second)
			}
			return r.Text(200, "")
		}))
		for range 100 {
			k.peer.send(ask("GET", "/quick"))
			k.peer.want("it is quick", "HTTP/1.1 200")
		}
		var clients []*peer
		for range 9 {
			clients = append(clients, k.dial())
		}
		clients[0].outgoing <- []byte(ask("GET", "/block"))
		for _, p := range clients[1:] {
			p.outgoing <- []byte(ask("GET", "/quick"))
		}
		k.wait(5 * time.Millisecond)
		for _, p := range clients[1:] {
			p.want("it does not wait for the one that blocks", "HTTP/1.1 200")
		}
		k.wait(10 * time.Second)
		clients[0].want("", "HTTP/1.1 200")
		k.wait(time.Minute)
	})
}
