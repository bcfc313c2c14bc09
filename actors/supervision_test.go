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
