package actors

import (
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A clerk is a handler that keeps its requests, and runs the functions that it is sent. It may be inspected only
// while all is quiet.
type clerk struct{ kept []*Request }

func (c *clerk) props() *actor.Props { return actor.PropsFromFunc(c.receive) }

func (c *clerk) receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *Request:
		c.kept = append(c.kept, message)
	case func(actor.Context):
		message(ctx)
	}
}

// answer answers the oldest of the kept requests, with its path.
func (c *clerk) answer(ctx actor.Context) {
	r := c.kept[0]
	c.kept = c.kept[1:]
	ctx.Send(r.ReplyTo(), r.Text(200, r.Path()))
}

// What a clerk can be sent.
func crashNow(actor.Context)    { panic("asked to") }
func stopNow(ctx actor.Context) { ctx.Stop(ctx.Self()) }

// inASecond has the clerk busy for a second, and then does that.
func inASecond(do func(actor.Context)) func(actor.Context) {
	return func(ctx actor.Context) { time.Sleep(time.Second); do(ctx) }
}

// wantNoRetry wants a response without the advice to try again: the request may have had effects.
func (p *peer) wantNoRetry(why, begin string, contains ...string) {
	p.k.t.Helper()
	if response := p.want(why, begin, contains...); strings.Contains(response, "Retry-After") {
		p.k.t.Errorf("%s: want no Retry-After, got %q", why, response)
	}
}

func TestAKeptRequestIs500AtOnceWhenItsHandlerCrashes(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		first, second := k.dial(), k.dial()
		first.send(ask("GET", "/clerk/1"))
		second.send(ask("GET", "/clerk/2"))
		first.wantIdle("it is kept")
		begun := time.Now()
		k.tell("router//clerk/", crashNow)
		first.want("the handler forgot it, on whatever message it failed", "HTTP/1.1 500 Internal Server Error")
		second.want("and all others that it had", "HTTP/1.1 500")
		if took := time.Since(begun); took != 0 {
			t.Errorf("the clients are told at once, never by a timeout: took %v", took)
		}
		c.kept = nil
		first.send(ask("GET", "/clerk/3"))
		k.tell("router//clerk/", c.answer)
		first.want("the connection persists, the handler is back", "HTTP/1.1 200", "/clerk/3")
	})
}

func TestAKeptRequestIs503WhenItsHandlerStops(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		kept, queued := k.dial(), k.dial()
		kept.send(ask("GET", "/clerk/1"))
		k.tell("router//clerk/", inASecond(stopNow))
		queued.send(ask("GET", "/clerk/2"))
		k.wait(soon)
		kept.wantIdle("the handler lives")
		k.wait(time.Second - soon)
		kept.wantNoRetry("a request that was begun may have had effects", "HTTP/1.1 503", "before it answered")
		queued.want("one that was not can be sent again (RFC 9110 §10.2.3)", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n")
		k.wait(firstPause)
		kept.send(ask("GET", "/clerk/3"))
		c.kept = c.kept[1:]
		k.tell("router//clerk/", c.answer)
		kept.want("the connection persists, the route came back", "HTTP/1.1 200", "/clerk/3")
	})
}

func TestThePauseAfterACrashAnswersWhatWasKept(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		kept, queued := k.dial(), k.dial()
		for range freeRestarts {
			k.tell("router//clerk/", crashNow)
		}
		kept.send(ask("GET", "/clerk/1"))
		k.tell("router//clerk/", inASecond(crashNow))
		queued.send(ask("GET", "/clerk/2"))
		k.wait(time.Second)
		kept.want("it waits for no restart", "HTTP/1.1 500")
		queued.want("nor does what is behind the crash", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n")
		k.wait(firstPause)
		kept.send(ask("GET", "/clerk/3"))
		c.kept = c.kept[1:]
		k.tell("router//clerk/", c.answer)
		kept.want("and then it is back", "HTTP/1.1 200", "/clerk/3")
	})
}

// "Only the first answer counts", whatever happens after it.
func TestAnAnsweredRequestIsNotAnsweredAgain(t *testing.T) {
	tests := []struct {
		why    string
		behind func(actor.Context)
	}{
		{"a crash comes too late", crashNow},
		{"a stop comes too late", stopNow},
		{"as does a second answer", func(actor.Context) {}},
	}
	for _, test := range tests {
		t.Run(test.why, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c, other := &clerk{}, &clerk{}
				k.serve("/clerk/", c.props())
				k.serve("/other/", other.props())
				k.peer.send(ask("GET", "/clerk/1") + ask("GET", "/other/2"))
				k.tell("router//clerk/", func(ctx actor.Context) {
					again := c.kept[0]
					c.answer(ctx)
					ctx.Send(again.ReplyTo(), again.Text(200, "again"))
					test.behind(ctx)
				})
				k.wait(burstPause)
				k.peer.want("the answer", "HTTP/1.1 200", "/clerk/1")
				k.peer.wantIdle(test.why + ": the next request is another one")
				k.tell("router//other/", other.answer)
				k.peer.want("it gets its own answer", "HTTP/1.1 200", "/other/2")
			})
		})
	}
}

func TestAPanicBehindTheAnswerLeavesTheAnswer(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				ctx.Respond(r.Text(200, r.Path()))
				panic("too late")
			}
		}))
		k.peer.send(ask("GET", "/1") + ask("GET", "/2"))
		k.peer.want("it was answered before", "HTTP/1.1 200", "/1")
		k.peer.want("and the next is another one", "HTTP/1.1 200", "/2")
		k.peer.wantIdle("one request, one response")
	})
}

func TestAnAnswerWhileTheHandlerStopsIsSent(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", actor.PropsFromFunc(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*actor.Stopping); ok {
				for len(c.kept) > 0 {
					c.answer(ctx)
				}
			}
			c.receive(ctx)
		}))
		first, second := k.dial(), k.dial()
		first.send(ask("GET", "/clerk/1"))
		second.send(ask("GET", "/clerk/2"))
		k.tell("router//clerk/", stopNow)
		first.want("Stopping is the last chance to answer", "HTTP/1.1 200", "/clerk/1")
		second.want("for all", "HTTP/1.1 200", "/clerk/2")
		first.wantIdle("one request, one response")
	})
}

func TestALateAnswerIsLoggedWithItsSender(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		twice := func(ctx actor.Context) {
			r := c.kept[0]
			c.answer(ctx)
			ctx.Send(r.ReplyTo(), r.Text(202, "again"))
		}
		k.peer.send(ask("GET", "/clerk/1"))
		k.tell("router//clerk/", twice)
		k.peer.want("the first counts", "HTTP/1.1 200")
		if k.log.count("INFO late response dropped actor=listener/connection$1 from=router//clerk/ status=202 exchange=1 ", "route=/clerk/") != 1 {
			t.Errorf("want the second in the log, with its sender, got %q", k.log.written())
		}
		k.peer.send(ask("GET", "/clerk/2"))
		k.peer.conn.Close()
		k.wait(probePause)
		k.tell("router//clerk/", c.answer)
		if k.log.count("INFO late response dropped actor=listener/connection$1 from=router//clerk/ status=200 exchange=2") != 1 {
			t.Errorf("want one to a connection that has ended in the log as well, got %q", k.log.written())
		}
		if n := k.server.env.counts.late.Load(); n != 2 {
			t.Errorf("want both counted, got %d", n)
		}
	})
}
