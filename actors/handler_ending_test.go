package actors

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// slowToStop is an actor that takes so long to stop: its parent has to wait for it.
func slowToStop(d time.Duration) *actor.Props {
	return actorOf(func(ctx actor.Context) {
		if _, ok := ctx.Message().(*actor.Stopping); ok {
			time.Sleep(d)
		}
	})
}

// The restart for the panic brought the handler back to life while it waited for its child to stop: it
// took requests, and the next panic had no answer, because nobody supervised it any more.
func TestAHandlerThatStopsAndPanicsWithAChildIsReplaced(t *testing.T) {
	bubble(t, func(k *kit) {
		starts := 0
		k.serve("/{what}", actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				starts++
				ctx.Spawn(slowToStop(100 * time.Millisecond))
			case *Request:
				switch message.Param("what") {
				case "stop":
					ctx.Stop(ctx.Self())
					panic("asked to")
				case "crash":
					panic("asked to")
				}
				ctx.Respond(message.Text(200, "hello"))
			}
		}))
		k.peer.send(ask("GET", "/stop"))
		k.peer.want("it crashed on the request", "HTTP/1.1 500")
		k.wait(time.Second)
		if starts > 2 {
			t.Errorf("want one new handler behind the one that stopped, got %d", starts-1)
		}
		k.peer.send(ask("GET", "/hello"))
		k.peer.want("the route is back", "HTTP/1.1 200", "hello")
		k.peer.send(ask("GET", "/crash"))
		k.peer.want("the new handler is supervised", "HTTP/1.1 500")
	})
}

// The restart came after the stop of the router: the handler lived on, and Shutdown waited for ever.
func TestAHandlerThatPanicsWhenTheRouterStopsEnds(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				ctx.Spawn(slowToStop(100 * time.Millisecond))
			case func(actor.Context):
				message(ctx)
			}
		}))
		k.start()
		k.tell("router//", inASecond(crashNow))
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		ended := k.shutdown(ctx)
		k.wait(5 * time.Second)
		wantError(t, "a crash never becomes a hang", ended, nil)
		k.wantDead("all have stopped")
	})
}

// onceInOnInit makes props whose first actor panics in OnInit. Later ones answer.
func onceInOnInit() *actor.Props {
	made := 0
	return answering(func(r *Request) *Response { return r.Text(200, "hello") }).Configure(actor.WithOnInit(func(actor.Context) {
		if made++; made == 1 {
			panic("asked to")
		}
	}))
}

// The library calls OnInit when the name is in the registry already and the context is not: the panic
// left an actor that is none, and the next message to it was a nil dereference outside of any actor.
func TestAHandlerWhoseOnInitPanicsIsMadeAgain(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", onceInOnInit())
		k.start()
		k.wait(longestPause)
		k.peer.send(get)
		k.peer.want("a route is never dead for good", "HTTP/1.1 200", "hello")
	})
}

// Requests that a handler had kept were answered only after its next incarnation had handled Started.
func TestWhatWasKeptIsAnsweredBeforeASlowStart(t *testing.T) {
	bubble(t, func(k *kit) {
		c, starts := &clerk{}, 0
		k.serve("/clerk/", actorOf(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*actor.Started); ok {
				if starts++; starts > 1 {
					time.Sleep(time.Minute) // it connects to its store
				}
			}
			c.receive(ctx)
		}))
		k.peer.send(ask("GET", "/clerk/"))
		k.server.env.system.Root.Send(k.server.env.seat(0).pid, crashNow)
		k.wait(soon) // not until it has started
		k.peer.wantNoRetry("the client is told at once, never by a timeout", "HTTP/1.1 500")
		if starts != 2 {
			t.Errorf("want the second incarnation to be starting, got %d", starts)
		}
		k.wait(time.Minute)
	})
}

// A restart for a handler that had been replaced meanwhile hit the new one, and the requests that the new one had
// kept were lost.
func TestARestartThatIsDueIsOnlyForWhoCrashed(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		k.start()
		for range freeRestarts + 7 { // up to a pause of 640 ms
			k.tell("router//clerk/", crashNow)
			k.wait(700 * time.Millisecond)
		}
		k.tell("router//clerk/", crashNow)
		k.server.env.system.Root.Stop(k.server.env.seat(0).pid)
		k.wait(100 * time.Millisecond)
		k.peer.send(ask("GET", "/clerk/1"))
		k.peer.wantIdle("the new handler keeps it")
		k.wait(2 * time.Second)
		k.peer.wantIdle("the new handler is well, the restart was for the old one")
		k.tell("router//clerk/", c.answer)
		k.peer.want("it has the request still", "HTTP/1.1 200", "/clerk/1")
	})
}

// "A handler stops: 503 at once", also for requests in its queue when it panics after its own stop.
func TestWhatWaitsBehindAStopAndAPanicIsRefused(t *testing.T) {
	bubble(t, func(k *kit) {
		goOn := make(chan struct{})
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*Request); ok {
				<-goOn
				ctx.Stop(ctx.Self())
				panic("asked to")
			}
		}))
		k.peer.send(get)
		second, third := k.dial(), k.dial()
		second.send(get)
		third.send(get)
		k.wait(soon) // both are in its queue
		close(goOn)
		k.wait(soon)
		k.peer.want("it crashed on the first", "HTTP/1.1 500")
		second.want("it has stopped", "HTTP/1.1 503")
		third.want("it has stopped", "HTTP/1.1 503")
	})
}

// A panic after Stopping must not restart the handler, whose parent waits for its end: here on the end
// of its child.
func TestAHandlerThatPanicsWhileItStopsIsNotReborn(t *testing.T) {
	bubble(t, func(k *kit) {
		var starts, panics atomic.Int32
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			switch ctx.Message().(type) {
			case *actor.Started:
				starts.Add(1)
				ctx.Spawn(actor.PropsFromFunc(func(actor.Context) {}))
			case *actor.Terminated:
				panics.Add(1)
				panic("an orphan")
			}
		}))
		k.start()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		ended := k.shutdown(ctx)
		k.wait(5 * time.Second)
		wantError(t, "a crash never becomes a hang", ended, nil)
		if starts.Load() != 1 || panics.Load() != 1 {
			t.Errorf("want one life with one panic, got %d with %d", starts.Load(), panics.Load())
		}
	})
}
