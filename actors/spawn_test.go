package actors

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A store is an actor beside the handlers.
func storing(stopped *[]string, name string) *actor.Props {
	return actor.PropsFromProducer(func() actor.Actor {
		return actor.ReceiveFunc(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				ctx.Logger().Info("the store is open")
			case *actor.Stopped:
				*stopped = append(*stopped, name)
			case *Request:
				if message.Path() == "/crash" {
					panic("asked to")
				}
				ctx.Respond(message.Text(200, "from "+path(ctx.Self())))
			}
		})
	})
}

func TestSpawn(t *testing.T) {
	for name, system := range map[string]func(k *kit) *actor.ActorSystem{
		"its own system": func(*kit) *actor.ActorSystem { return nil },
		"another system": func(*kit) *actor.ActorSystem { return actor.NewActorSystem() },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) { c.System = system(k) })
				var stopped []string
				store, err := k.server.Spawn("store", storing(&stopped, "store"))
				if err != nil {
					t.Fatal(err)
				}
				k.serve("/{what}", actor.PropsFromFunc(func(ctx actor.Context) {
					switch ctx.Message().(type) {
					case *Request:
						ctx.Forward(store)
					case *actor.Stopped:
						stopped = append(stopped, "handler")
					}
				}))
				k.peer.send(ask("GET", "/a") + ask("GET", "/crash") + ask("GET", "/b"))
				k.peer.want("it answers what is forwarded to it", "HTTP/1.1 200", "from store")
				k.peer.want("told at once", "HTTP/1.1 500")
				k.peer.want("it is restarted", "HTTP/1.1 200", "from store")
				if k.log.count("INFO the store is open", "actor=store") != 2 || k.log.count("ERROR crashed actor=store") != 1 {
					t.Errorf("want it in the log, got %q", k.log.written())
				}
				_, err = k.server.Spawn("store", storing(&stopped, "other"))
				if !errors.Is(err, actor.ErrNameExists) {
					t.Errorf("want the name taken, got %v", err)
				}
				for _, bad := range []string{"", "router", "listener", "listener$2", "nobody"} {
					if _, err := k.server.Spawn(bad, storing(&stopped, bad)); err == nil {
						t.Errorf("want %q refused", bad)
					}
				}
				_, err = k.server.Spawn("broken", actor.PropsFromProducer(func() actor.Actor { panic("no database") }))
				if err == nil || !strings.Contains(err.Error(), "no database") {
					t.Errorf("want why it cannot be made, got %v", err)
				}
				if err := k.server.Shutdown(context.Background()); err != nil {
					t.Error(err)
				}
				if got := strings.Join(stopped, " "); got != "handler store" {
					t.Errorf("want it to stop after the handlers, got %q", got)
				}
				if _, err := k.server.Spawn("late", storing(&stopped, "late")); !errors.Is(err, ErrServerClosed) {
					t.Errorf("want it refused, got %v", err)
				}
			})
		})
	}
}

func TestTwoServersNeedTwoSystems(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.System = actor.NewActorSystem() })
		k.serve("/", saying("hello"))
		k.peer.send(get)
		k.peer.want("", "HTTP/1.1 200")
		if err := NewServer(k.config).Serve(newPipeListener()); err == nil || !strings.Contains(err.Error(), "Config.System") {
			t.Errorf("want it refused, got %v", err)
		}
	})
}

func TestCloseEndsAtOnce(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", mute())
		k.peer.send(get)
		if addresses := k.server.Addrs(); len(addresses) != 1 || addresses[0].String() != "memory" {
			t.Errorf("got %v", addresses)
		}
		begun := time.Now()
		if err := k.server.Close(); err != nil || time.Since(begun) > time.Second {
			t.Errorf("got %v after %v", err, time.Since(begun))
		}
		k.peer.want("it is answered", "HTTP/1.1 503")
		if addresses := k.server.Addrs(); len(addresses) != 0 {
			t.Errorf("got %v", addresses)
		}
	})
}

// Any goroutine that works for a handler may answer its request, once.
func TestReply(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/{what}", actor.PropsFromFunc(func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				go func() {
					switch r.Param("what") {
					case "good":
						r.Reply(r.Text(200, "hello"))
						r.Reply(r.Text(200, "again"))
					case "nil":
						r.Reply(nil)
					case "made":
						r.Reply(&Response{Status: 200})
					}
				}()
			}
		}))
		for what, status := range map[string]string{"good": "200", "nil": "500", "made": "500"} {
			client := k.dial()
			client.send(ask("GET", "/"+what))
			client.want(what, "HTTP/1.1 "+status)
		}
		if k.log.count("late response") != 1 || k.log.count("response refused") != 2 {
			t.Errorf("got %q", k.log.written())
		}
	})
}

// An actor beside the handlers that cannot start refuses what is forwarded to it at once, and stops with the server.
func TestAnActorBesideTheHandlersThatCannotStart(t *testing.T) {
	bubble(t, func(k *kit) {
		var broken atomic.Bool
		broken.Store(true)
		store, err := k.server.Spawn("store", actor.PropsFromFunc(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				if broken.Load() {
					panic("no database")
				}
			case *Request:
				ctx.Respond(message.Text(200, ""))
			}
		}))
		if err != nil {
			t.Fatal(err)
		}
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*Request); ok {
				ctx.Forward(store)
			}
		}))
		k.start()
		k.wait(2 * time.Second) // it pauses for longer and longer
		for range 3 {
			begun := time.Now()
			k.peer.send(ask("GET", "/"))
			k.peer.want("it is not there", "HTTP/1.1 503")
			if waited := time.Since(begun); waited > soon {
				t.Errorf("want it told at once, it took %v", waited)
			}
			k.wait(soon)
		}
		broken.Store(false)
		k.wait(longestPause)
		again := k.dial()
		again.send(ask("GET", "/"))
		again.want("it has come", "HTTP/1.1 200")
		broken.Store(true)
		other, _ := k.server.Spawn("other", actor.PropsFromFunc(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*actor.Started); ok {
				panic("no database")
			}
		}))
		k.wait(2 * time.Second)
		ended := k.shutdown(context.Background())
		k.wait(drainGrace)
		wantError(t, "a pill in the mailbox of "+other.Id+" is no reason to wait", ended, nil)
	})
}

// A server that has never served waits for the ends of its actors, too. What is spawned while it ends is stopped.
func TestShutdownBeforeServing(t *testing.T) {
	bubble(t, func(k *kit) {
		var stopped atomic.Int32 // side by side: the two end at the same time
		slow := actor.PropsFromFunc(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*actor.Stopping); ok {
				time.Sleep(time.Second)
				stopped.Add(1)
			}
		})
		k.server.Spawn("a", slow)
		k.server.Spawn("b", slow)
		late := make(chan error, 1)
		go func() {
			_, err := k.server.Spawn("late", actor.PropsFromProducer(func() actor.Actor {
				time.Sleep(500 * time.Millisecond)
				return actor.ReceiveFunc(func(actor.Context) {})
			}))
			late <- err
		}()
		k.wait(soon)
		if err := k.server.Shutdown(context.Background()); err != nil || stopped.Load() != 2 {
			t.Errorf("want it to wait for both, got %d, %v", stopped.Load(), err)
		}
		wantError(t, "it came too late", late, ErrServerClosed)
		k.wait(soon)
		if _, alive := k.server.env.system.ProcessRegistry.GetLocal(serverName + "/late"); alive {
			t.Error("want it stopped")
		}
	})
	bubble(t, func(k *kit) {
		goOn := make(chan struct{})
		k.server.Spawn("stuck", actor.PropsFromFunc(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*actor.Stopping); ok {
				<-goOn
			}
		}))
		if err := k.server.Close(); err != nil {
			t.Errorf("Close gives up: got %v", err)
		}
		close(goOn)
		k.wait(time.Second)
	})
}
