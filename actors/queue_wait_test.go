package actors

import (
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// No request waits for longer than MaxQueueWait for an actor to begin, in any line: it is refused instead.
func TestNobodyWaitsForLongerWhoeverPassesItOn(t *testing.T) {
	for _, scene := range scenesWithALine {
		t.Run(scene.why, func(t *testing.T) {
			bubble(t, func(k *kit) {
				stuck := k.stuckActor()
				scene.serve(k, stuck)
				k.start()
				defer stuck.letGo()
				first, second := k.dial(), k.dial()
				first.send(get)
				k.wait(3500 * time.Millisecond)
				second.send(get)
				k.wait(5*time.Second - soon)
				second.wantIdle("it may still be its turn")
				k.wait(2 * soon)
				second.want("it was not its turn in time", "HTTP/1.1 503", "waited for too long", "\r\nRetry-After: 9\r\n")
				first.wantIdle("it was its turn")
				stuck.letGo()
				first.want("it was its turn", "HTTP/1.1 200")
				k.wait(time.Minute)
				if len(stuck.seen) != 1 {
					t.Errorf("want the actor never to see what was refused, it saw %d requests", len(stuck.seen))
				}
				third := k.dial()
				third.send(get)
				third.want("nobody is before it", "HTTP/1.1 200")
			})
		})
	}
}

// The time in each line counts, however long actors had the request before.
func TestAWaitCountsFromWhenItBegan(t *testing.T) {
	bubble(t, func(k *kit) {
		stuck, calls := k.stuckActor(), 0
		k.serve("/", passingOn(stuck.props(), func(ctx actor.Context, child *actor.PID) {
			if calls++; calls == 2 {
				time.Sleep(7 * time.Second)
			}
			ctx.Forward(child)
		}))
		k.start()
		defer stuck.letGo()
		first, second := k.dial(), k.dial()
		first.send(get)
		second.send(get)
		k.wait(12*time.Second - soon)
		second.wantIdle("it was passed on after 7 s, and may wait for 5 s more")
		k.wait(2 * soon)
		second.want("and not longer", "HTTP/1.1 503", "waited for too long", "\r\nConnection: close\r\n")
		second.wantClosed("who has passed it on might answer it")
	})
}

// An answered request may be passed on, for example to an actor that counts: no client waits for that.
func TestARequestThatWasAnsweredMayWait(t *testing.T) {
	bubble(t, func(k *kit) {
		stuck := k.stuckActor()
		k.serve("/", passingOn(stuck.props(), func(ctx actor.Context, child *actor.PID) {
			ctx.Respond(ctx.Message().(*Request).Text(200, "from the handler"))
			ctx.Forward(child)
		}))
		k.start()
		defer stuck.letGo()
		for range 3 {
			p := k.dial()
			p.send(get)
			k.wait(soon)
			p.want("the handler has answered it", "HTTP/1.1 200", "from the handler")
			k.wait(10 * time.Second)
		}
	})
}

// MaxQueueWait of a route applies to its handler, that of the server to other actors.
func TestWaitsOfARouteAndOfTheServer(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.MaxQueueWait = 2 * time.Second })
		stuck, other := k.stuckActor(), k.stuckActor()
		k.serve("/long", stuck.props(), MaxQueueWait(20*time.Second))
		k.serve("/child", passingOn(other.props(), func(ctx actor.Context, child *actor.PID) { ctx.Forward(child) }),
			MaxQueueWait(20*time.Second))
		k.start()
		defer stuck.letGo()
		defer other.letGo()
		var clients []*peer
		for _, target := range []string{"/long", "/child", "/long", "/child"} {
			p := k.dial()
			p.send(ask("GET", target))
			k.wait(0) // in this order
			clients = append(clients, p)
		}
		k.wait(2*time.Second + soon)
		clients[3].want("that of the server", "HTTP/1.1 503")
		clients[2].wantIdle("that of the route is not over")
		k.wait(18 * time.Second)
		clients[2].want("that of the route", "HTTP/1.1 503")
	})
}
