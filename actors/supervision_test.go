package actors

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

func TestPausesGrowUpToALimit(t *testing.T) {
	last := time.Duration(0)
	for failures := range 200 {
		pause := pauseAfter(failures)
		switch {
		case failures <= freeRestarts && pause != 0:
			t.Errorf("the first failures are free: got %v after %d", pause, failures)
		case failures == freeRestarts+1 && pause != firstPause:
			t.Errorf("then pauses begin with %v: got %v", firstPause, pause)
		case pause < last || pause > longestPause:
			t.Errorf("pauses grow up to %v: got %v after %v", longestPause, pause, last)
		}
		last = pause
	}
	if last != longestPause {
		t.Errorf("many failures later the pause is the longest, %v: got %v", longestPause, last)
	}
}

// A handler that panics while it stops must
// not hang the shutdown, nor leave its route dead for good.
func TestAHandlerThatPanicsWhileItStops(t *testing.T) {
	for name, isIt := range map[string]func(any) bool{
		"in Stopping": func(m any) bool { _, ok := m.(*actor.Stopping); return ok },
		"in Stopped":  func(m any) bool { _, ok := m.(*actor.Stopped); return ok },
	} {
		props := actor.PropsFromFunc(func(ctx actor.Context) {
			if isIt(ctx.Message()) {
				panic("cannot stop")
			}
			if request, ok := ctx.Message().(*Request); ok {
				if request.Path() == "/stop" {
					ctx.Stop(ctx.Self())
				}
				ctx.Respond(request.Text(200, "hello"))
			}
		})
		t.Run(name+", at a shutdown", func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/", props)
				k.peer.send(get)
				k.peer.want("it works", "HTTP/1.1 200")
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
				defer cancel()
				ended := k.shutdown(ctx)
				k.wait(5 * time.Second)
				wantError(t, "a crash never becomes a hang", ended, nil)
			})
		})
		t.Run(name+", by itself", func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/", props)
				k.peer.send(ask("GET", "/stop"))
				k.peer.want("it stops", "HTTP/1.1 200")
				k.wait(time.Second)
				k.peer.send(get)
				k.peer.want("a route is never dead for good", "HTTP/1.1 200")
			})
		})
	}
}

// The same for a handler that panics while it is restarted.
func TestAHandlerThatPanicsInRestarting(t *testing.T) {
	bubble(t, func(k *kit) {
		var panics atomic.Int32
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Restarting:
				panics.Add(1)
				panic("cannot restart")
			case *Request:
				if message.Path() == "/crash" {
					panic("asked to")
				}
				ctx.Respond(message.Text(200, "hello"))
			}
		}))
		k.peer.send(ask("GET", "/crash") + get)
		k.wait(20 * time.Second)
		k.peer.want("it crashed", "HTTP/1.1 500")
		k.peer.want("it is back: the old incarnation is gone whatever it says", "HTTP/1.1 200")
	})
}

// "It can never answer another request": nor can a dead letter of an earlier exchange.
func TestADeadLetterOfAnotherExchangeIsIgnored(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			request, ok := ctx.Message().(*Request)
			if !ok {
				return
			}
			if request.Path() == "/first" {
				gone := ctx.ActorSystem().NewLocalPID("an actor that has stopped")
				root, sender := ctx.ActorSystem().Root, ctx.Sender()
				time.AfterFunc(time.Second, func() { root.RequestWithCustomSender(gone, request, sender) })
			}
			if request.Path() != "/second" {
				ctx.Respond(request.Text(200, "hello"))
			}
		}))
		k.peer.send(ask("GET", "/first"))
		k.peer.want("the answer to the first", "HTTP/1.1 200")
		k.peer.send(ask("GET", "/second"))
		k.wait(2 * time.Second)
		k.peer.wantIdle("the letter to an actor that has stopped was of the first exchange")
	})
}

// "A handler stops: 503 at once", and the connection persists: its state is clear.
func TestARequestToAStoppedHandlerIs503AndPersists(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.start()
		seat := k.server.env.seat(0)
		handler := seat.pid
		seat.pid = k.server.env.system.NewLocalPID("a handler that stopped just now")
		k.peer.send(get)
		k.peer.want("the handler has stopped, not the server", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n")
		k.peer.wantIdle("the connection persists")
		seat.pid = handler
		k.peer.send(get)
		k.peer.want("the route came back", "HTTP/1.1 200")
	})
}

// The pauses "keep one that cannot work from using up the machine": a spawn alone is no success.
func TestAHandlerThatStopsAtOnceComesBackAfterGrowingPauses(t *testing.T) {
	bubble(t, func(k *kit) {
		var spawned atomic.Int32
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*actor.Started); ok {
				spawned.Add(1)
				ctx.Stop(ctx.Self())
			}
		}))
		k.start()
		k.wait(time.Minute)
		if n := spawned.Load(); n > 100 {
			t.Errorf("want some tens of attempts in a minute, got %d", n)
		}
	})
}

// Anybody may send any message: a BodyRead without a request crashes only the handler, not its supervisor.
func TestASupervisorSurvivesABodyReadOfNothing(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *BodyRead:
				_ = message.Request.head.Method
			case *Request:
				ctx.Respond(message.Text(200, "hello"))
			}
		}))
		k.start()
		k.server.env.system.Root.Send(k.server.env.seat(0).pid, &BodyRead{})
		k.wait(0)
		if n := k.log.count("crashed"); n != 1 {
			t.Errorf("want one crash, got %q", k.log.written())
		}
		k.peer.send(get)
		k.peer.want("the handler is back", "HTTP/1.1 200", "hello")
	})
}
