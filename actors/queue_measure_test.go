package actors

import (
	"net/netip"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/pires/go-proxyproto"
)

// sleeper is a handler that sleeps for as long as the path says, and does what it is sent.
func sleeper() *actor.Props {
	return actorOf(func(ctx actor.Context) {
		switch message := ctx.Message().(type) {
		case *Request:
			d, err := time.ParseDuration(message.Param("d"))
			if err != nil {
				panic(err)
			}
			time.Sleep(d)
			ctx.Respond(message.Text(200, "hello"))
		case func(actor.Context):
			message(ctx)
		}
	})
}

// When waiting requests were dropped, the idle time of the handler was measured as work: an hour of rest counted as
// an hour per request, and the next requests were refused.
func TestWhatWasDroppedDoesNotCountAsService(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/{d}", sleeper())
		first := k.queueUp(1, "/1s")[0]
		k.tell("router//{d}", func(actor.Context) { time.Sleep(time.Second) })
		gone := k.queueUp(1, "/1ms")[0]
		k.wait(time.Second)
		first.want("it was its turn", "HTTP/1.1 200")
		gone.conn.Close() // while the handler is at the other message
		k.wait(time.Hour)
		k.wantQueued("the last of them was dropped", 0)
		for _, n := range []int{2, 3} {
			clients := k.queueUp(n, "/10ms")
			k.wait(time.Second)
			for _, client := range clients {
				client.want("10 ms each, at a handler that has rested", "HTTP/1.1 200")
			}
		}
		q := k.server.env.seat(0).line
		if got := time.Duration(q.pace.took.Load()); got > time.Second {
			t.Errorf("want at most what a request has taken, got %v", got)
		}
	})
}

// A request that was given back to the router twice had two places in the queue, and left only one: the line filled
// up with nobody in it, until the route refused all.
func TestARequestThatIsGivenBackTwiceWaitsOnce(t *testing.T) {
	bubble(t, func(k *kit) {
		n := 0
		k.serve("/", actorOf(func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				if n++; n == 1 {
					ctx.Forward(ctx.Parent())
					ctx.Forward(ctx.Parent())
					return
				}
				ctx.Respond(r.Text(200, "hello"))
			}
		}))
		k.peer.send(get)
		k.peer.want("it came back", "HTTP/1.1 200")
		k.wantQueued("nobody waits", 0)
		for range 5 {
			k.wait(time.Second)
			k.peer.send(get)
			k.peer.want("the route is as before", "HTTP/1.1 200")
		}
	})
}

// Below 0 means no limit everywhere. Here it used to refuse every request that had to wait at all.
func TestAQueueBelowZeroHasNoLimit(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/{d}", sleeper(), MaxQueue(-1))
		clients := k.queueUp(4, "/1s")
		k.wantQueued("all but the first wait", 3)
		k.wait(4 * time.Second)
		for _, client := range clients {
			client.want("below 0 is for any number", "HTTP/1.1 200")
		}
	})
}

// connections is how many there are.
func (k *kit) connections() (n int) {
	for _, id := range k.server.env.living() {
		if number.ReplaceAllString(id, "") == serverName+"/listener/connection" {
			n++
		}
	}
	return n
}

// A client used to be identified by its first request, so clients that were silent after their header had no limit.
func TestBehindAProxyASilentClientHasItsShare(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) {
			c.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
			c.MaxConnectionsPerPeer, c.IdleTimeout = 2, time.Minute
		})
		k.serve("/", saying("hello"))
		for range 10 {
			k.dialFrom(theProxy).send(proxyHeader(t, proxyproto.PROXY, theClient))
		}
		k.wait(10 * time.Second)
		if n := k.connections(); n > 2 {
			t.Errorf("want 2 connections of one client, as it is allowed, got %d", n)
		}
		k.dialFrom(theProxy).send(proxyHeader(t, proxyproto.PROXY, "192.0.2.99:4000"))
		k.wait(10 * time.Second)
		if n := k.connections(); n != 3 {
			t.Errorf("want another client to have a share of its own, got %d connections", n)
		}
	})
}
