package actors

import (
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/asynkron/protoactor-go/actor"
)

// sessions are those of all connections that live.
func (k *kit) sessions() (all []weak.Pointer[session]) {
	k.wait(0)
	c := k.server.env.connections
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.all {
		all = append(all, weak.Make(s))
	}
	return all
}

// remembered is how many of them are still in memory.
func remembered[T any](all []weak.Pointer[T]) (n int) {
	for range 3 {
		runtime.GC()
	}
	for _, p := range all {
		if p.Value() != nil {
			n++
		}
	}
	return n
}

// The memory of a closed connection is freed, whichever others live. The youngest go first, because that leaves most
// behind in the library.
func TestAClosedConnectionIsForgotten(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		k.serve("/", saying("hello"))
		var peers []*peer
		for range 20 {
			p := k.dial()
			p.send(get)
			p.want("it is served", "HTTP/1.1 200")
			peers = append(peers, p)
		}
		all, mailboxes := k.sessions(), make([]weak.Pointer[mailbox], 0, 20)
		for _, s := range all {
			mailboxes = append(mailboxes, weak.Make(s.Value().mailbox))
		}
		if n := remembered(all); n != 20 {
			t.Fatalf("want all in memory while they live, got %d", n)
		}
		for i := len(peers) - 1; i >= 5; i-- {
			peers[i].end()
			peers[i].wantClosed("its client has gone")
		}
		if n := remembered(all); n != 5 {
			t.Errorf("want those in memory that live, 5, got %d", n)
		}
		k.wait(time.Minute) // the timers of the others have passed
		if n := remembered(mailboxes); n != 5 {
			t.Errorf("want nothing left of the others, got the mailboxes of %d", n-5)
		}
		peers[0].send(get)
		peers[0].want("they live", "HTTP/1.1 200")
	})
}

// A PID refers to its actor. So a kept request refers to its connection, which must not hold much.
func TestAClosedConnectionIsForgottenByWhoHasItsPID(t *testing.T) {
	for why, stuck := range map[string]bool{"a handler has kept its request": false, "its request is in the mailbox of a stuck handler": true} {
		t.Run(why, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c, s := &clerk{}, k.stuckActor()
				if stuck {
					k.serve("/", s.props())
				} else {
					k.serve("/", c.props())
				}
				k.start()
				defer s.letGo()
				k.dial().send(get)
				k.wait(soon)
				p := k.dial()
				p.send(heavy("/", 2*kib))
				k.wait(soon)
				all := k.sessions()
				p.conn.Close()
				k.wait(probePause)
				if n := remembered(all); n != 1 {
					t.Errorf("want the one in memory that lives, got %d", n)
				}
			})
		})
	}
}

// A workshop is a handler that makes a child for each request, and keeps what it needs to look at them.
type workshop struct {
	children []*actor.PID
	weak     []weak.Pointer[worklet]
}

// A worklet is a child with much state.
type worklet struct{ _ [64 << 10]byte }

func (*worklet) Receive(actor.Context) {}

func (w *workshop) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *Request:
		child := &worklet{}
		w.weak = append(w.weak, weak.Make(child))
		w.children = append(w.children, ctx.SpawnPrefix(actor.PropsFromProducer(func() actor.Actor { return child }), "child"))
		ctx.Respond(message.Text(200, "made"))
	case func(actor.Context):
		message(ctx)
	}
}

// The children of handlers are forgotten as well, also by those who still have their PIDs.
func TestAStoppedChildIsForgotten(t *testing.T) {
	for name, keeps := range map[string]bool{"nobody has its PID": false, "somebody has its PID": true} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				w := &workshop{}
				k.serve("/", actor.PropsFromProducer(func() actor.Actor { return w }))
				for range 20 {
					k.peer.send(get)
					k.peer.want("it has a child more", "HTTP/1.1 200")
				}
				for i := 19; i >= 5; i-- {
					k.tell("router//", func(ctx actor.Context) {
						ctx.Send(w.children[i], "so that its PID knows it")
						ctx.Stop(w.children[i])
					})
				}
				k.wait(soon)
				if !keeps {
					w.children = nil
				}
				if n := remembered(w.weak); n != 5 {
					t.Errorf("want those in memory that live, 5, got %d", n)
				}
				runtime.KeepAlive(w.children)
			})
		})
	}
}

// The library shortens its list of children, but keeps the PIDs after its end.
func TestAParentKeepsNoPIDOfAStoppedChild(t *testing.T) {
	bubble(t, func(k *kit) {
		env := k.environment()
		props := actor.PropsFromFunc(func(ctx actor.Context) {
			if do, ok := ctx.Message().(func(actor.Context)); ok {
				do(ctx)
			}
		}, env.options()...)
		pid := env.system.Root.Spawn(props)
		do := func(f func(ctx actor.Context)) { env.system.Root.Send(pid, f); k.wait(soon) }
		do(func(ctx actor.Context) {
			for range 20 {
				ctx.Spawn(props)
			}
		})
		do(func(ctx actor.Context) {
			for _, child := range ctx.Children()[5:] {
				ctx.Stop(child)
			}
		})
		do(func(ctx actor.Context) {
			children := ctx.Children()
			if len(children) != 5 {
				t.Errorf("want 5 children, got %d", len(children))
			}
			for _, kept := range children[len(children):cap(children)] {
				if kept != nil {
					t.Errorf("want nothing of a stopped child, got %v", kept)
				}
			}
			for _, child := range children {
				ctx.Stop(child)
			}
		})
		env.system.Root.Stop(pid)
	})
}

// An actor that watches a stopped one is told at once, as by the library.
func TestAStoppedActorTellsWhoWatchesIt(t *testing.T) {
	bubble(t, func(k *kit) {
		env := k.environment()
		parent, pid := k.spawn(env, func(actor.Context) {})
		process, _ := env.system.ProcessRegistry.GetLocal(pid.Id)
		env.system.Root.Stop(pid)
		want[*actor.Terminated](parent, "it has stopped")
		watcher := k.probe(env, "watcher", nil)
		process.SendSystemMessage(pid, &actor.Watch{Watcher: watcher.pid}) // it was on its way
		if told := want[*actor.Terminated](watcher, "it came too late"); !told.Who.Equal(pid) {
			t.Errorf("want to be told of %v, got %v", pid, told.Who)
		}
		process.SendSystemMessage(pid, &actor.Stop{})
		process.SendUserMessage(pid, "hello")
		k.wait(0)
		parent.wantNone("it has stopped once")
	})
}

// A listener that has many connections at once holds little when they have gone.
func TestAListenerForgetsItsBusyTimes(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout, c.MaxConnectionsPerPeer = time.Second, -1 })
		k.serve("/", saying("hello"))
		var peers []*peer
		for range 200 {
			peers = append(peers, k.dial())
		}
		all := k.sessions()
		k.wait(time.Second)
		for _, p := range peers {
			p.wantClosed("it said nothing")
		}
		if n := remembered(all); n != 0 {
			t.Errorf("want none in memory, got %d", n)
		}
		if n := k.server.env.connections.entered(); n != 0 {
			t.Errorf("want none counted, got %d", n)
		}
		if n := k.server.env.peers.known(); n != 0 {
			t.Errorf("want no client known, got %d", n)
		}
	})
}

// entered is how many connections there are.
func (c *connections) entered() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.all)
}
