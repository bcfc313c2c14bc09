package actors

import (
	"slices"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// passingOn is a handler that has a child, and passes its requests on to that as it is told to.
func passingOn(child *actor.Props, pass func(ctx actor.Context, child *actor.PID)) *actor.Props {
	return actor.PropsFromFunc(func(ctx actor.Context) {
		switch ctx.Message().(type) {
		case *actor.Started:
			ctx.SpawnNamed(child, "child")
		case *Request:
			pass(ctx, ctx.Children()[0])
		}
	})
}

// A letter carries a request.
type letter struct{ request *Request }

func (p *letter) CarriedRequest() *Request { return p.request }

// An abandonedScene is a way for a request to wait for an actor that is stuck.
type abandonedScene struct {
	why, who string // the path of the stuck actor
	serve    func(k *kit, stuck *stuckActor)
}

var scenesWithALine = []abandonedScene{
	{"it waits for its handler", "router//", func(k *kit, stuck *stuckActor) { k.serve("/", stuck.props()) }},
	{"its handler has forwarded it", "router///child", func(k *kit, stuck *stuckActor) {
		k.serve("/", passingOn(stuck.props(), func(ctx actor.Context, child *actor.PID) { ctx.Forward(child) }))
	}},
	{"its handler has asked another", "router///child", func(k *kit, stuck *stuckActor) {
		k.serve("/", passingOn(stuck.props(), func(ctx actor.Context, child *actor.PID) { ctx.Request(child, ctx.Message()) }))
	}},
	{"its handler has sent it in a message of its own", "router///child", func(k *kit, stuck *stuckActor) {
		k.serve("/", passingOn(stuck.props(), func(ctx actor.Context, child *actor.PID) {
			ctx.Send(child, &letter{ctx.Message().(*Request)})
		}))
	}},
}

var scenesWithoutALine = []abandonedScene{
	{"it waits for a handler without limits", "router//", func(k *kit, stuck *stuckActor) {
		k.serve("/", stuck.props(), Vital())
	}},
	{"its handler, without limits, has forwarded it", "router///child", func(k *kit, stuck *stuckActor) {
		k.serve("/", passingOn(stuck.props(), func(ctx actor.Context, child *actor.PID) { ctx.Forward(child) }), Vital())
	}},
}

// If no actor has begun a request, its head and its content are freed with its exchange, however that ends, even if
// the actor that it waits for is stuck for ever.
func TestAnAbandonedRequestLetsItsOctetsGo(t *testing.T) {
	for _, end := range []struct {
		why     string
		maxWait time.Duration
		happens func(k *kit, p *peer)
	}{
		{"its client is gone", 0, func(k *kit, p *peer) { p.conn.Close(); k.wait(probePause) }},
		{"it has waited for too long", 0, func(k *kit, p *peer) {
			k.wait(30 * time.Second)
			p.want("503 after 5 s where waits have a limit", "HTTP/1.1 50")
		}},
		{"its time is up", -1, func(k *kit, p *peer) { k.wait(30 * time.Second); p.want("it was not begun", "HTTP/1.1 504") }},
	} {
		for _, scene := range slices.Concat(scenesWithALine, scenesWithoutALine) {
			t.Run(end.why+", and "+scene.why, func(t *testing.T) {
				bubble(t, func(k *kit) {
					k.configure(func(c *Config) { c.MaxContent, c.MaxQueueWait = 100*kib, end.maxWait })
					of, stuck := k.mailboxes(), k.stuckActor()
					scene.serve(k, stuck)
					k.start()
					defer stuck.letGo()
					k.dial().send(heavy("/first", 0))
					k.wait(soon)
					second := k.dial()
					second.send(heavy("/second", 40*kib))
					k.wait(soon)
					octets := of.octets(scene.who)
					if len(octets) != 2 {
						t.Fatalf("want the head and the content of one request in the mailbox, got %v", octets)
					}
					k.wantRemembered("it waits", octets)
					k.wantHeld("it waits", 40*kib)
					end.happens(k, second)
					k.wantForgotten(end.why, octets)
					k.collectGarbage()
					k.wantHeld(end.why, 0)
					stuck.letGo()
					k.wait(soon)
					if len(stuck.seen) != 1 {
						t.Errorf("want the actor never to see it, it saw %d requests", len(stuck.seen))
					}
				})
			})
		}
	}
}

// A request that an actor has begun is not touched, however its exchange ends: the actor may still use it.
func TestARequestThatWasBegunIsNotTouched(t *testing.T) {
	bubble(t, func(k *kit) {
		stuck := k.stuckActor()
		k.serve("/", stuck.props())
		k.start()
		defer stuck.letGo()
		p := k.dial()
		p.send(heavy("/path", 2*kib))
		p.conn.Close()
		k.wait(probePause)
		r := stuck.seen[0]
		if r.Path() != "/path" || len(r.Field("X-Large")) != 8*kib || len(r.Body) != 2*kib || r.peerName() == "" {
			t.Errorf("want it whole, got %q with %d octets of head and %d of content from %q",
				r.Path(), len(r.Field("X-Large")), len(r.Body), r.peerName())
		}
	})
}

// The router has a mailbox as well.
func TestAnAbandonedRequestInTheMailboxOfTheRouterLetsItsOctetsGo(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(heavy("/", 4*kib))
		request := want[*Request](c.router, "the router has not looked at it")
		octets := memoriesOf(request)
		c.conn.Close()
		k.wait(probePause)
		c.wantStopped("its client is gone")
		k.wantForgotten("its client is gone", octets)
		if request.enterRouting() {
			t.Error("want the router not to look at it any more")
		}
	})
}

// A stashed request waits in the mailbox as well: Stash must not hold the octets of clients that are gone.
func TestAStashedRequestLetsItsOctetsGo(t *testing.T) {
	bubble(t, func(k *kit) {
		of, calls := k.mailboxes(), 0
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *Request:
				calls++
				ctx.Stash()
			case func(actor.Context):
				message(ctx)
			}
		}))
		p := k.dial()
		p.send(heavy("/", 40*kib))
		octets := of.octets("router//")
		k.wantRemembered("it is put off", octets)
		p.conn.Close()
		k.wait(probePause)
		k.wantForgotten("its client is gone", octets)
		k.tell("router//", crashNow)
		if calls != 1 {
			t.Errorf("want the next incarnation not to see it, the actor saw it %d times", calls)
		}
	})
}

// A request in a mailbox keeps its place in the line until it is out of the mailbox, even if its client is gone.
func TestAnAbandonedRequestKeepsItsPlaceInLine(t *testing.T) {
	for _, scene := range scenesWithALine {
		t.Run(scene.why, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) { c.MaxQueue, c.MaxQueueWait = 3, -1 })
				of, stuck := k.mailboxes(), k.stuckActor()
				scene.serve(k, stuck)
				k.start()
				defer stuck.letGo()
				ask := func() *peer { p := k.dial(); p.send(get); k.wait(soon); return p }
				ask()
				line := of.at(scene.who).custody.queue
				for range 3 {
					ask().conn.Close()
					k.wait(probePause)
				}
				line.want(t, "they are in the mailbox", 3, 3)
				ask().want("there is no room", "HTTP/1.1 503")
				stuck.letGo()
				k.wait(soon)
				line.want(t, "they are out of it", 0, 0)
				ask().want("there is room", "HTTP/1.1 200")
			})
		})
	}
}

// want wants so many to wait in line, and nobody to wait for so many of them.
func (q *queue) want(t *testing.T, why string, length, abandoned int) {
	t.Helper()
	if got, gone := q.length(), int(q.abandoned.Load()); got != length || gone != abandoned {
		t.Errorf("%s: want %d in line, %d of them abandoned, got %d and %d", why, length, abandoned, got, gone)
	}
	q.shares.mu.Lock()
	defer q.shares.mu.Unlock()
	if length == 0 && len(q.shares.number) > 0 {
		t.Errorf("%s: want no shares, got %v", why, q.shares.number)
	}
}
