package actors

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// slowToBear is a handler whose producer takes so long, and then does that.
func slowToBear(d time.Duration, then func()) *actor.Props {
	return actor.PropsFromProducer(func() actor.Actor {
		time.Sleep(d)
		then()
		return actor.ReceiveFunc(func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				ctx.Respond(r.Text(200, r.Path()))
			}
		})
	})
}

// A producer that took 2 s held up every route for 2 s.
func TestASlowProducerHoldsUpItsOwnRouteAlone(t *testing.T) {
	for name, test := range map[string]struct {
		then func()
		want string
	}{
		"it makes the handler":  {func() {}, "HTTP/1.1 200"},
		"it panics":             {func() { panic("no database") }, "HTTP/1.1 503"},
		"it ends its goroutine": {func() { runtime.Goexit() }, "HTTP/1.1 503"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/slow/{what}", slowToBear(2*time.Second, test.then))
				k.serve("/vital", slowToBear(2*time.Second, test.then), Vital())
				k.serve("/quick", saying("hello"))
				first, second, vital := k.dial(), k.dial(), k.dial()
				first.send(ask("GET", "/slow/1"))
				second.send(ask("GET", "/slow/2"))
				vital.send(ask("GET", "/vital"))
				k.peer.send(ask("GET", "/quick"))
				k.peer.want("another route", "HTTP/1.1 200", "hello")
				k.wait(2*time.Second - 1)
				first.wantIdle("it waits for its handler")
				k.wait(1)
				first.want("the birth is over", test.want)
				second.want("the birth is over", test.want)
				vital.want("the birth is over", test.want)
			})
		})
	}
}

// A handler that dies and is slow to come back delays nobody else.
func TestASlowProducerOfTheNextHandler(t *testing.T) {
	bubble(t, func(k *kit) {
		births := 0
		k.serve("/{what}", actor.PropsFromProducer(func() actor.Actor {
			if births++; births > 1 {
				time.Sleep(2 * time.Second)
			}
			return &counter{}
		}))
		k.serve("/quick", saying("hello"))
		k.peer.send(ask("GET", "/stop"))
		k.peer.want("it stops", "HTTP/1.1 200")
		k.wait(firstPause)
		k.peer.send(ask("GET", "/a"))
		other := k.dial()
		other.send(ask("GET", "/quick"))
		other.want("another route", "HTTP/1.1 200", "hello")
		k.wait(2 * time.Second)
		k.peer.want("it is back", "HTTP/1.1 200", "hit 1")
	})
}

// Requests for a handler that is never made are answered in time, and Shutdown ends with its context and says why.
func TestABirthThatNeverEnds(t *testing.T) {
	bubble(t, func(k *kit) {
		never := make(chan struct{})
		defer close(never)
		k.serve("/never", slowToBear(0, func() { <-never }))
		k.serve("/quick", saying("hello"))
		k.peer.send(ask("GET", "/never"))
		k.wait(5*time.Second - 1)
		k.peer.wantIdle("it may come")
		k.wait(1)
		k.peer.want("it has waited for long enough", "HTTP/1.1 503", "waited for too long")
		k.peer.send(ask("GET", "/quick"))
		k.peer.want("another route", "HTTP/1.1 200")
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		ended := k.shutdown(ctx)
		k.wait(20 * time.Second)
		select {
		case err := <-ended:
			var unfinished *UnfinishedError
			if !errors.As(err, &unfinished) || !slices.Equal(unfinished.Actors, []string{"router//never"}) {
				t.Errorf("want to know who was not finished, got %v", err)
			}
		default:
			t.Error("want Shutdown to end with its context")
		}
	})
}

// The same if the birth ends while the server drains.
func TestABirthThatEndsAfterTheDrainHasBegun(t *testing.T) {
	bubble(t, func(k *kit) {
		var stopped atomic.Bool
		k.serve("/slow", actor.PropsFromProducer(func() actor.Actor {
			time.Sleep(2 * time.Second)
			return actor.ReceiveFunc(func(ctx actor.Context) {
				if _, ok := ctx.Message().(*actor.Stopped); ok {
					stopped.Store(true)
				}
			})
		}))
		k.start()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		ended := k.shutdown(ctx)
		k.wait(2*time.Second - 1)
		wantPending(t, "the handler is about to be born", ended)
		k.wait(1)
		wantError(t, "it was born and stopped", ended, nil)
		if !stopped.Load() {
			t.Error("want the handler to have been stopped")
		}
	})
}

// Messages to an actor that does not exist yet wait for it. They used to end the process.
func TestMessagesForAnActorThatIsNotThereYet(t *testing.T) {
	bubble(t, func(k *kit) {
		got := 0
		k.serve("/", actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case string:
				got++
			case *Request:
				ctx.Respond(message.Text(200, "hello"))
			}
		}).Configure(actor.WithOnInit(func(ctx actor.Context) {
			ctx.Send(ctx.Self(), "from itself")
			time.Sleep(time.Second)
		})))
		k.start()
		k.tell("router//", "from others")
		k.peer.send(get)
		k.wait(time.Second)
		k.peer.want("it is there", "HTTP/1.1 200")
		if got != 2 {
			t.Errorf("want both messages to have waited, got %d", got)
		}
	})
	t.Run("it is stopped meanwhile", func(t *testing.T) {
		bubble(t, func(k *kit) {
			k.serve("/", saying("hello").Configure(actor.WithOnInit(func(actor.Context) { time.Sleep(time.Second) })))
			k.start()
			k.tell("router", &actor.PoisonPill{})
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			ended := k.shutdown(ctx)
			k.wait(time.Minute)
			wantError(t, "it was stopped when it was there", ended, nil)
		})
	})
}

// A producer, or OnInit, that fails leaves no name behind, and takes none from another actor. The library runs the
// producer before it checks the name: a handler that spawns its child each time, and ignores ErrNameExists, lost the
// child for good.
func TestABirthThatFailsTakesNobodysName(t *testing.T) {
	fails := map[string]func(){"it panics": func() { panic("no database") }, "it ends its goroutine": runtime.Goexit}
	for name, fail := range fails {
		t.Run("the second producer: "+name, func(t *testing.T) {
			births := 0
			wantChildBack(t, 2, actor.PropsFromProducer(func() actor.Actor {
				if births++; births == 2 {
					fail()
				}
				return actor.ReceiveFunc(answerHello)
			}))
		})
		t.Run("the first OnInit: "+name, func(t *testing.T) {
			births := 0
			wantChildBack(t, 1, actorOf(answerHello).Configure(actor.WithOnInit(func(actor.Context) {
				if births++; births == 1 {
					fail()
				}
			})))
		})
	}
}

func answerHello(ctx actor.Context) {
	if r, ok := ctx.Message().(*Request); ok {
		ctx.Respond(r.Text(200, "hello"))
	}
}

// wantChildBack makes a handler spawn its child again for each request; one spawn fails.
func wantChildBack(t *testing.T, failing int, child *actor.Props) {
	t.Helper()
	bubble(t, func(k *kit) {
		k.serve("/", actorOf(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*Request); ok {
				child, err := ctx.SpawnNamed(child, "child")
				if err != nil && !errors.Is(err, actor.ErrNameExists) {
					panic(err)
				}
				ctx.Forward(child)
			}
		}))
		for n := 1; n <= 4; n++ {
			begin := "HTTP/1.1 200"
			if n == failing {
				begin = "HTTP/1.1 500"
			}
			k.peer.send(get)
			k.peer.want("one birth fails", begin)
			k.wait(soon)
		}
	})
}

// Props with their own guardian used to leave the router without all later routes.
func TestAHandlerWithAGuardian(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/a", saying("hello").Configure(actor.WithGuardian(actor.DefaultSupervisorStrategy())))
		k.serve("/b", saying("hello"))
		for _, path := range []string{"/a", "/b"} {
			k.peer.send(ask("GET", path))
			k.peer.want("the server is its guardian", "HTTP/1.1 200")
		}
	})
}
