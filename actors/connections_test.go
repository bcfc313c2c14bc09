package actors

import (
	"context"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

func limited(k *kit) {
	k.configure(func(c *Config) { c.MaxConnections, c.MaxConnectionsPerPeer, c.IdleTimeout = 2, -1, -1 })
	k.serve("/", saying("hello"))
	k.serve("/clerk/", (&clerk{}).props())
	k.serve("/health", saying("well"), Vital())
}

func TestTheConnectionIdleLongestGivesWay(t *testing.T) {
	bubble(t, func(k *kit) {
		limited(k)
		first, second := k.dial(), k.dial()
		k.wait(time.Second)
		first.send(get)
		first.want("within the limit", "HTTP/1.1 200")
		k.wait(time.Millisecond) // or the first and the third have waited for equally long
		third := k.dial()
		second.wantClosed("it was idle for longest")
		third.send(get)
		third.want("there is room for it", "HTTP/1.1 200")
		k.wait(time.Second)
		third.send("GET / HT")
		k.wait(time.Second)
		fourth := k.dial()
		first.wantClosed("it has said nothing for longer than the third")
		fifth := k.dial()
		third.wantClosed("half a head is nothing either")
		for _, p := range []*peer{fourth, fifth} {
			p.send(get)
			p.want("each newcomer is served", "HTTP/1.1 200")
		}
		if n := k.log.count("WARN too many connections", "actor=listener", "limit=2"); n != 1 {
			t.Errorf("want it said once, got %d times in %q", n, k.log.written())
		}
	})
}

// Many connections of one client are that client's fault.
func TestTheClientWithMostConnectionsGivesWay(t *testing.T) {
	bubble(t, func(k *kit) {
		limited(k)
		k.server.env.connections.limit = 3
		polite := k.dialFrom("192.0.2.1:1000")
		k.wait(time.Second)
		first := k.dialFrom("192.0.2.2:1000")
		k.wait(time.Second)
		second := k.dialFrom("192.0.2.2:1001")
		k.wait(time.Second)
		third := k.dialFrom("192.0.2.2:1002")
		first.wantClosed("its client has two")
		for _, p := range []*peer{polite, second, third} {
			p.wantIdle("it stays")
		}
	})
}

// A connection in an exchange never gives way. Vital routes are answered.
func TestWhenAllConnectionsAreBusy(t *testing.T) {
	bubble(t, func(k *kit) {
		limited(k)
		busy := []*peer{k.dial(), k.dial()}
		for _, p := range busy {
			p.send(ask("GET", "/clerk/"))
		}
		newcomer, health := k.dial(), k.dial()
		newcomer.send(get)
		newcomer.want("there is no room", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n", "\r\nConnection: close\r\n")
		newcomer.wantClosed("so that another can come")
		health.send(ask("GET", "/health"))
		health.want("it is vital", "HTTP/1.1 200", "well")
		health.send(get)
		health.want("but what follows is not", "HTTP/1.1 503")
		silent := k.dial()
		k.wait(lingerTimeout)
		silent.wantClosed("one that says nothing has to go soon")
		for _, p := range busy {
			p.wantIdle("it waits for its answer")
		}
	})
}

// A newcomer has time to send a request before it gives way to the next one. Otherwise a flood of newcomers would
// keep all from being served, even on vital routes.
func TestANewcomerDoesNotGiveWayAtOnce(t *testing.T) {
	bubble(t, func(k *kit) {
		limited(k)
		for range 2 {
			k.dial().send(ask("GET", "/clerk/"))
		}
		health := k.dial()
		for range 20 {
			k.wait(10 * time.Millisecond)
			k.dial()
		}
		health.send(ask("GET", "/health"))
		health.want("its request took a while", "HTTP/1.1 200", "well")
	})
}

func TestBeyondTheSurplusNewcomersWait(t *testing.T) {
	bubble(t, func(k *kit) {
		limited(k)
		k.server.env.connections.surplus = 0
		first, second := k.dial(), k.dial()
		for _, p := range []*peer{first, second} {
			p.send(ask("GET", "/clerk/"))
		}
		calls := k.listener.calls.Load()
		third := k.dial()
		third.send(ask("GET", "/health"))
		third.wantIdle("it waits in the backlog")
		if got := k.listener.calls.Load(); got != calls {
			t.Errorf("nothing is accepted: want %d calls of Accept, got %d", calls, got)
		}
		first.conn.Close()
		k.wait(time.Second)
		third.want("there is room for it", "HTTP/1.1 200", "well")
	})
}

// The limit is that of the server.
func TestListenersShareTheConnectionLimit(t *testing.T) {
	bubble(t, func(k *kit) {
		limited(k)
		first := k.dial()
		k.wait(time.Second)
		second := k.dial()
		on := newPipeListener()
		served := make(chan error, 1)
		go func() { served <- k.server.Serve(on) }()
		k.wait(time.Second)
		third := k.dialOn(on)
		third.send(get)
		third.want("a newcomer at another listener", "HTTP/1.1 200")
		first.wantClosed("has one of the first listener give way")
		second.wantIdle("there is room for it")
		ended := k.shutdown(context.Background())
		for _, p := range []*peer{second, third} {
			p.end()
		}
		k.wait(time.Second)
		wantError(t, "the end of both", ended, nil)
		wantError(t, "the end of the other", served, ErrServerClosed)
	})
}

// A connection that stops leaves its place, however it ends.
func TestAConnectionThatEndsLeavesItsPlace(t *testing.T) {
	bubble(t, func(k *kit) {
		limited(k)
		for _, end := range []func(*peer){
			func(p *peer) { p.end() },
			func(p *peer) { p.send("nonsense\r\n\r\n"); p.end() },
			func(p *peer) { k.server.env.system.Root.Stop(k.onlyConnection()) },
			func(p *peer) {
				for range connectionRestarts + 1 {
					k.server.env.system.Root.Send(k.onlyConnection(), (*giveWay)(nil))
					k.wait(0)
				}
			},
		} {
			p := k.dial()
			end(p)
			k.wait(2 * time.Second)
			if n := len(k.server.env.connections.all); n != 0 {
				t.Errorf("want none left, got %d", n)
			}
		}
	})
}

// onlyConnection is the connection that lives.
func (k *kit) onlyConnection() *actor.PID {
	for id := range k.server.env.connections.all {
		return k.server.env.system.NewLocalPID(id)
	}
	k.t.Fatal("no connection lives")
	return nil
}
