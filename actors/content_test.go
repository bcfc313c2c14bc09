package actors

import (
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

const kib = 1 << 10

// holding has a server that holds 100 KiB of content at most, and a clerk that keeps all requests.
func holding(k *kit) *clerk {
	c := &clerk{}
	k.configure(func(c *Config) { c.MaxContent = 100 * kib })
	k.serve("/clerk/", c.props())
	return c
}

// part sends so much content.
func (p *peer) part(octets int) { p.send(strings.Repeat("x", octets)) }

// wantHeld wants the server to know of so much content, within what a buffer is larger than that.
func (k *kit) wantHeld(why string, octets int64) {
	k.t.Helper()
	k.wait(0)
	if got := k.server.env.content.held.Load(); got < octets || got > 2*octets {
		k.t.Errorf("%s: want %d octets held, and at most twice as many, got %d", why, octets, got)
	}
}

func TestContentBeyondTheLimitOfTheServerIs503(t *testing.T) {
	bubble(t, func(k *kit) {
		c := holding(k)
		first, second := k.dial(), k.dial()
		first.upload("/clerk/", 40*kib)
		first.part(32 * kib)
		k.wantHeld("it is being collected", 32*kib)
		second.upload("/clerk/", 200*kib)
		second.part(200 * kib)
		second.want("both together are too much (RFC 9110 §15.6.4)", "HTTP/1.1 503 Service Unavailable\r\n",
			"\r\nRetry-After: 1\r\n", "\r\nConnection: close\r\n")
		second.wantClosed("what follows is not read")
		k.wantHeld("only the first is left", 32*kib)
		first.part(8 * kib)
		first.wantIdle("it is not touched")
		k.wantHeld("until it is answered it is held", 32*kib)
		k.tell("router//clerk/", c.answer)
		first.want("it was whole", "HTTP/1.1 200")
		k.wantHeld("it is answered", 0)
		first.upload("/clerk/", 60*kib)
		first.part(60 * kib)
		k.tell("router//clerk/", c.answer)
		first.want("there is room again", "HTTP/1.1 200")
		k.wantHeld("it is answered", 0)
	})
}

// One client cannot have more than all together.
func TestOneContentBeyondTheLimitOfTheServerIs503(t *testing.T) {
	bubble(t, func(k *kit) {
		c := holding(k)
		k.peer.upload("/clerk/", 500*kib)
		k.peer.part(150 * kib)
		k.peer.want("there is no room for it", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n")
		k.wantHeld("it was let go", 0)
		if len(c.kept) > 0 {
			t.Error("the handler sees no part of it")
		}
	})
}

func TestContentIsReleasedWithItsConnection(t *testing.T) {
	tests := []struct {
		why string
		end func(k *kit)
	}{
		{"the client is gone in the middle", func(k *kit) { k.peer.end() }},
		{"the rest does not come", func(k *kit) { k.wait(11 * time.Second) }},
		{"the connection crashes", func(k *kit) { k.tell("listener/connection$1", (*giveWay)(nil)) }},
		{"the connection is stopped", func(k *kit) { k.server.env.system.Root.Stop(actor.NewPID("nonhost", "server/listener/connection$1")) }},
	}
	for _, test := range tests {
		t.Run(test.why, func(t *testing.T) {
			bubble(t, func(k *kit) {
				holding(k)
				k.peer.upload("/clerk/", 40*kib)
				k.peer.part(32 * kib)
				k.wantHeld("it is being collected", 32*kib)
				test.end(k)
				k.wantHeld(test.why, 0)
			})
		})
	}
}

// Content that an actor may still use counts as held after its exchange, until the garbage collector finds it unused.
func TestContentOfAnEndedExchangeIsHeldByItsActor(t *testing.T) {
	for why, end := range map[string]func(k *kit){
		"the handler is late": func(k *kit) { k.wait(30 * time.Second) },
		"the client is gone":  func(k *kit) { k.peer.conn.Close(); k.wait(probePause) },
	} {
		t.Run(why, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := holding(k)
				k.peer.upload("/clerk/", 40*kib)
				k.peer.part(40 * kib)
				end(k)
				k.wantHeld("its handler has kept it", 40*kib)
				c.kept = nil
				k.tell("router//clerk/", func(actor.Context) {})
				k.collectGarbage()
				k.wantHeld("nobody has it any more", 0)
			})
		})
	}
}

// collectGarbage waits until the garbage collector has found the content that nobody has.
func (k *kit) collectGarbage() {
	k.t.Helper()
	for range 1000 {
		if k.server.env.content.forgotten.Load() == 0 {
			return
		}
		runtime.GC()
	}
	k.t.Errorf("%d octets of content are still held by somebody", k.server.env.content.forgotten.Load())
}

func TestContentWithoutALimit(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.MaxContent = -1 })
		k.serve("/", saying("hello"))
		k.peer.upload("/", 900*kib)
		k.peer.part(900 * kib)
		k.peer.want("nobody counts", "HTTP/1.1 200")
	})
}

// Pulled content is bounded by its pieces, and does not count as held by the server.
func TestContentThatIsPulledIsNotHeld(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.MaxContent = 1 })
		k.serve("/", actorOf(pullAll), StreamBody())
		k.peer.upload("/", 200*kib)
		k.peer.part(200 * kib)
		k.peer.want("there is always room for a piece", "HTTP/1.1 200", "ended <nil>")
	})
}

func TestAContentReservesUpToItsLimit(t *testing.T) {
	room := &content{limit: 100}
	var first, second atomic.Int64
	for _, step := range []struct {
		why      string
		of       *atomic.Int64
		octets   int
		want     bool
		reserved int64
		held     int64
	}{
		{"there is room", &first, 60, true, 60, 60},
		{"the same again costs nothing", &first, 60, true, 60, 60},
		{"nor does less", &first, 50, true, 60, 60},
		{"too much for another", &second, 41, false, 0, 60},
		{"the rest", &second, 40, true, 40, 100},
		{"one octet more", &first, 61, false, 60, 100},
	} {
		if got := room.reserve(step.of, step.octets); got != step.want || step.of.Load() != step.reserved || room.held.Load() != step.held {
			t.Errorf("%s: want %v with %d reserved and %d held, got %v, %d, %d", step.why,
				step.want, step.reserved, step.held, got, step.of.Load(), room.held.Load())
		}
	}
	room.release(first.Load())
	if room.held.Load() != 40 {
		t.Errorf("want the 60 given back, got %d held", room.held.Load())
	}
}
