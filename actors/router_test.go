package actors

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// answering is a handler that answers each request with what the function says.
func answering(answer func(*Request) *Response) *actor.Props {
	return actor.PropsFromFunc(func(ctx actor.Context) {
		if request, ok := ctx.Message().(*Request); ok {
			ctx.Respond(answer(request))
		}
	})
}

// saying is a handler that answers with the text.
func saying(text string) *actor.Props {
	return answering(func(r *Request) *Response { return r.Text(200, text) })
}

// ask is a request without content.
func ask(method, target string) string {
	return method + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"
}

func TestTheRouterBindsWhatThePatternMatched(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("GET /rooms/{room}/seats/{seat...}", answering(func(r *Request) *Response {
			return r.Text(200, fmt.Sprintf("%s|%s|%s|%s", r.Pattern(), r.Param("room"), r.Param("seat"), r.Param("none")))
		}))
		k.peer.send(ask("GET", "/rooms/red%20one%2F1/seats/a/b%20c?q"))
		k.peer.want("segments are decoded once, each for itself", "HTTP/1.1 200",
			"\r\n\r\nGET /rooms/{room}/seats/{seat...}|red one/1|a/b c|")
	})
}

func TestARouteGetsTheWholeContent(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("POST /echo", answering(func(r *Request) *Response { return r.Bytes(200, r.Field("content-type"), r.Body) }))
		content := strings.Repeat("octets ", 10000)
		k.peer.send(fmt.Sprintf("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: %d\r\n\r\n", len(content)))
		k.peer.wantIdle("the content is not here")
		k.peer.send(content)
		k.peer.want("all of it came back", "HTTP/1.1 200", "\r\nContent-Type: a/b\r\n", "\r\n\r\n"+content)
		k.peer.send("POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")
		k.peer.want("no route wants it, so it is not waited for", "HTTP/1.1 404")
		k.peer.send("hello" + ask("GET", "/"))
		k.peer.want("it was passed over", "HTTP/1.1 404")
	})
}

// A counter counts the requests of its life and crashes on some paths.
type counter struct {
	hits    int
	spawned *atomic.Int32
}

func counting(spawned *atomic.Int32) *actor.Props {
	return actor.PropsFromProducer(func() actor.Actor { spawned.Add(1); return &counter{spawned: spawned} })
}

func (c *counter) Receive(ctx actor.Context) {
	request, ok := ctx.Message().(*Request)
	if !ok {
		return
	}
	switch request.Path() {
	case "/crash":
		panic("asked to")
	case "/stop":
		ctx.Stop(ctx.Self())
		ctx.Respond(request.Text(200, "stopping"))
		return
	case "/slow":
		time.Sleep(time.Second)
	}
	c.hits++
	ctx.Respond(request.Text(200, fmt.Sprintf("hit %d", c.hits)))
}

func TestAHandlerThatPanicsIs500AtOnce(t *testing.T) {
	bubble(t, func(k *kit) {
		var spawned atomic.Int32
		k.serve("/", counting(&spawned))
		k.peer.send(ask("GET", "/a") + ask("GET", "/b"))
		k.peer.want("state", "HTTP/1.1 200", "hit 1")
		k.peer.want("state is kept from request to request", "HTTP/1.1 200", "hit 2")
		begun := time.Now()
		k.peer.send(ask("GET", "/crash"))
		k.peer.want("the handler failed", "HTTP/1.1 500 Internal Server Error")
		if took := time.Since(begun); took != 0 {
			t.Errorf("the client is told at once, never by a timeout: took %v", took)
		}
		k.peer.send(ask("GET", "/a"))
		k.peer.want("the connection persists, the handler is back with fresh state", "HTTP/1.1 200", "hit 1")
		if n := spawned.Load(); n != 2 {
			t.Errorf("want two incarnations, got %d", n)
		}
		if k.log.count("ERROR crashed", "actor=router/", "reason=asked to", "decision=restart", "router_test.go:") != 1 {
			t.Errorf("want the crash with its reason and stack in the log, got %q", k.log.written())
		}
	})
}

func TestRequestsBehindACrashAreServed(t *testing.T) {
	bubble(t, func(k *kit) {
		var spawned atomic.Int32
		k.serve("/", counting(&spawned))
		first, second, third := k.dial(), k.dial(), k.dial()
		first.send(ask("GET", "/slow"))
		second.send(ask("GET", "/crash"))
		third.send(ask("GET", "/behind"))
		third.wantIdle("one message at a time")
		k.wait(time.Second)
		first.want("it was slow", "HTTP/1.1 200", "hit 1")
		second.want("it crashed", "HTTP/1.1 500")
		third.want("the next incarnation serves what was queued", "HTTP/1.1 200", "hit 1")
	})
}

func TestAHealthyHandlerBesideACrashingOne(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		var spawned, healthy atomic.Int32
		k.serve("/crash", counting(&spawned))
		k.serve("/health", counting(&healthy))
		for i := range 30 {
			k.peer.send(ask("GET", "/crash"))
			k.wait(longestPause)
			k.peer.want("it fails", "HTTP/1.1 500")
			k.peer.send(ask("GET", "/health"))
			k.peer.want("its neighbour does not hear of it", "HTTP/1.1 200", fmt.Sprintf("hit %d", i+1))
		}
	})
}

func TestAHandlerThatStopsItself(t *testing.T) {
	bubble(t, func(k *kit) {
		var spawned atomic.Int32
		k.serve("/", counting(&spawned))
		peers := []*peer{k.dial(), k.dial(), k.dial(), k.dial()}
		peers[0].send(ask("GET", "/slow"))
		peers[1].send(ask("GET", "/stop"))
		peers[2].send(ask("GET", "/a"))
		peers[3].send(ask("GET", "/b"))
		k.wait(time.Second)
		peers[0].want("it was before the stop", "HTTP/1.1 200", "hit 1")
		peers[1].want("its answer was on its way", "HTTP/1.1 200", "stopping")
		peers[2].want("every accepted request ends in one response, at once", "HTTP/1.1 503 Service Unavailable")
		peers[3].want("every accepted request ends in one response, at once", "HTTP/1.1 503 Service Unavailable")
		k.wait(firstPause)
		peers[2].send(ask("GET", "/a"))
		peers[2].want("the route came back, the connection persists", "HTTP/1.1 200", "hit 1")
		if k.log.count("INFO handler stopped", "actor=router") != 1 {
			t.Errorf("want the stop in the log, got %q", k.log.written())
		}
	})
}

func TestSuccessMakesThePauseShortAgain(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		var attempts, spawned atomic.Int32
		k.serve("/", actor.PropsFromProducer(func() actor.Actor {
			if attempts.Add(1) <= freeRestarts+5 {
				panic("no database")
			}
			return &counter{spawned: &spawned}
		}))
		k.start()
		k.wait(time.Minute)
		k.peer.send(ask("GET", "/stop"))
		k.peer.want("it came at last", "HTTP/1.1 200")
		k.wait(firstPause)
		k.peer.send(get)
		k.peer.want("the failures before it lived are forgotten", "HTTP/1.1 200", "hit 1")
	})
}

func TestAHandlerThatAnswersNothing(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actor.PropsFromFunc(func(actor.Context) {}))
		k.peer.send(ask("GET", "/"))
		k.wait(30*time.Second - 1)
		k.peer.wantIdle("it may take its time")
		k.wait(1)
		k.peer.want("it took too long", "HTTP/1.1 504")
		k.peer.wantClosed("its answer could still come")
	})
}

func TestAHandlerMayAnswerLater(t *testing.T) {
	bubble(t, func(k *kit) {
		var kept []*Request
		var senders []*actor.PID
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			if request, ok := ctx.Message().(*Request); ok {
				if kept, senders = append(kept, request), append(senders, ctx.Sender()); len(kept) == 2 {
					for i := range kept {
						ctx.Send(senders[1-i], kept[1-i].Text(200, kept[1-i].Path()))
					}
				}
			}
		}))
		first, second := k.dial(), k.dial()
		first.send(ask("GET", "/1"))
		first.wantIdle("it waits for the other")
		second.send(ask("GET", "/2"))
		first.want("each gets its own", "HTTP/1.1 200", "\r\n\r\n/1")
		second.want("each gets its own", "HTTP/1.1 200", "\r\n\r\n/2")
	})
}
