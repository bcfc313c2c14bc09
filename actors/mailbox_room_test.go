package actors

import (
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// wantNoRoom wants a mailbox in which nothing waits to keep little room.
func (of *mailboxes) wantNoRoom(t *testing.T, why, who string) {
	t.Helper()
	m := of.at(who)
	if m == nil {
		t.Fatalf("no actor has the path %q", who)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := len(m.incoming) + len(m.batch) - m.next + m.turns.number + len(m.stash) + len(m.system); n > 0 {
		t.Fatalf("%s: want nothing to wait for %s, got %d messages", why, who, n)
	}
	incoming, batch, stash, system := cap(m.incoming), cap(m.batch), cap(m.stash), cap(m.system)
	if max(incoming, batch, stash, system) > keptMessages || m.turns.of != nil || m.turns.clients != nil {
		t.Errorf("%s: want room for %d messages kept by %s, got it for %d, %d, %d and %d, and %v", why, keptMessages, who,
			incoming, batch, stash, system, m.turns)
	}
}

// After a burst a mailbox shrinks again, whatever it had grown for.
func TestAMailboxThatHasGrownShrinks(t *testing.T) {
	const burst = 2000
	atWork := func(ctx actor.Context) {
		switch message := ctx.Message().(type) {
		case *Request:
			time.Sleep(100 * time.Microsecond)
			ctx.Respond(message.Text(200, ""))
		case func(actor.Context):
			message(ctx)
		}
	}
	send := func(k *kit, message any, number int) {
		pid := actor.NewPID("nonhost", serverName+"/router//")
		for range number {
			k.server.env.system.Root.Send(pid, message)
		}
	}
	nothing := func(actor.Context) {}
	for why, grow := range map[string]func(k *kit){
		"messages": func(k *kit) { send(k, nothing, burst) },
		"messages while it is at one": func(k *kit) {
			send(k, inASecond(nothing), 1)
			k.wait(soon)
			send(k, nothing, burst)
		},
		"requests of clients that take turns": func(k *kit) {
			for range burst / 20 {
				p := k.dial()
				p.outgoing <- []byte(ask("GET", "/") + ask("GET", "/"))
			}
		},
		"messages of the life cycle": func(k *kit) {
			send(k, inASecond(nothing), 1)
			k.wait(soon)
			process, _ := k.server.env.system.ProcessRegistry.GetLocal(serverName + "/router//")
			for range burst {
				process.SendSystemMessage(nil, &actor.Unwatch{Watcher: actor.NewPID("nonhost", "nobody")})
			}
		},
		"what it refuses": func(k *kit) {
			send(k, inASecond(crashNow), 1)
			k.wait(soon)
			send(k, nothing, burst)
			send(k, func(ctx actor.Context) { crashNow(ctx) }, freeRestarts)
			send(k, nothing, burst)
		},
	} {
		t.Run(why, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) { c.MaxConnectionsPerPeer = -1 })
				of := k.mailboxes()
				k.serve("/", actor.PropsFromFunc(atWork))
				k.start()
				for range 2 {
					grow(k)
					k.wait(5 * time.Second)
					for _, who := range []string{"router//", "router", "listener"} {
						of.wantNoRoom(t, why, who)
					}
				}
			})
		})
	}
}

// Stashed messages are handed out again, and leave no room behind.
func TestAMailboxThatHasStashedShrinks(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.MaxConnectionsPerPeer = -1 })
		of, ready := k.mailboxes(), false
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *Request:
				if !ready {
					ctx.Stash()
					return
				}
				ctx.Respond(message.Text(200, ""))
			case func(actor.Context):
				ready = true
				message(ctx)
			}
		}))
		var peers []*peer
		for range 3 * keptMessages {
			p := k.dial()
			p.outgoing <- []byte(get)
			peers = append(peers, p)
		}
		k.wait(soon)
		k.tell("router//", crashNow)
		for _, p := range peers {
			p.want("it was put off", "HTTP/1.1 200")
		}
		of.wantNoRoom(t, "all was handed out", "router//")
	})
}
