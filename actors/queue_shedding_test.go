package actors

import (
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/dispatch"
)

// sleepy is a handler that sleeps for as many milliseconds as the path says, and crashes on others. It
// counts its calls.
func sleepy(calls *atomic.Int32) *actor.Props {
	return answering(func(r *Request) *Response {
		calls.Add(1)
		ms, err := strconv.Atoi(r.Param("ms"))
		if err != nil {
			panic(err)
		}
		time.Sleep(time.Duration(ms) * time.Millisecond)
		return r.Text(200, r.Path())
	})
}

// queueUp has so many clients ask for the same, one each millisecond: a handler that sleeps holds a
// goroutine of the dispatcher, which has to notice.
func (k *kit) queueUp(n int, target string) (clients []*peer) {
	for range n {
		p := k.dial()
		p.send(ask("GET", target))
		k.wait(time.Millisecond)
		clients = append(clients, p)
	}
	return clients
}

// wantQueued wants so many to wait for the handler of the only route.
func (k *kit) wantQueued(why string, n int) {
	k.t.Helper()
	_, lines := placesOf(k.server.env.routes().Entries()[0].Value.handler)
	if got := lines[0].length(); got != n {
		k.t.Errorf("%s: want %d waiting, got %d", why, n, got)
	}
}

func TestARouteThatIsFullIs503(t *testing.T) {
	bubble(t, func(k *kit) {
		var calls atomic.Int32
		k.serve("/{ms}", sleepy(&calls), MaxQueue(2))
		clients := k.queueUp(4, "/1000")
		response := clients[3].want("two wait behind the one that is served", "HTTP/1.1 503 Service Unavailable", "\r\nRetry-After: 1\r\n")
		if strings.Contains(response, "close") {
			t.Errorf("the connection has done nothing wrong: got %q", response)
		}
		clients[2].wantIdle("whoever had joined goes on waiting")
		k.wantQueued("one is served, two wait", 2)
		k.queueUp(1, "/1000")[0].want("and so is the next one", "HTTP/1.1 503")
		if k.log.count("WARN refusing requests actor=router//{ms} route=/{ms} waiting=2 why=Too many requests wait for this route. ") != 1 ||
			k.log.count("WARN") != 1 || k.log.count("INFO exchange", "status=503", "why=Too many requests wait") != 2 {
			t.Errorf("want it said once, and why with each exchange, got %q", k.log.written())
		}
		k.wait(time.Second)
		clients[0].want("it was its turn", "HTTP/1.1 200")
		clients[3].send(ask("GET", "/1000"))
		k.wait(3 * time.Second)
		for _, p := range clients[1:] {
			p.want("there is room for one again, and all are served", "HTTP/1.1 200")
		}
		k.wantQueued("all were served", 0)
		if refused := k.server.env.counts.refused.Load(); refused != 2 || calls.Load() != 4 {
			t.Errorf("want two refused, and four seen by the handler, got %d and %d", refused, calls.Load())
		}
	})
}

func TestTheServersLimitsAreThoseOfItsRoutes(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.MaxQueue, c.MaxQueueWait = 1, -1 })
		var calls atomic.Int32
		k.serve("/{ms}", sleepy(&calls))
		clients := k.queueUp(3, "/1000")
		clients[1].wantIdle("one may wait")
		clients[2].want("two may not", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n")
	})
}

func TestARouteThatIsTooSlowIs503(t *testing.T) {
	bubble(t, func(k *kit) {
		var calls atomic.Int32
		k.serve("/{ms}", sleepy(&calls), MaxQueueWait(350*time.Millisecond))
		measured := k.queueUp(2, "/100")
		k.wait(100 * time.Millisecond)
		measured[0].want("it took 100 ms while another waited", "HTTP/1.1 200")
		clients := k.queueUp(4, "/100")
		clients[3].want("three times 100 ms, and what is left of the one that is served, is more than 350", "HTTP/1.1 503",
			"\r\nRetry-After: 1\r\n", "would have to wait for too long")
		k.wait(94 * time.Millisecond)
		measured[1].want("its turn", "HTTP/1.1 200")
		for _, p := range clients[:3] {
			p.wantIdle("its turn comes next")
			k.wait(100 * time.Millisecond)
			p.want("those who wait are served in time", "HTTP/1.1 200")
		}
	})
}

// No request waits for longer than was promised: it is refused instead.
func TestNobodyWaitsForLongerThanMaxQueueWait(t *testing.T) {
	bubble(t, func(k *kit) {
		var calls atomic.Int32
		k.serve("/{ms}", sleepy(&calls), MaxQueueWait(time.Second))
		slow := k.queueUp(1, "/20000")[0]
		second := k.queueUp(1, "/10")[0]
		k.wait(time.Second - 2*time.Millisecond)
		second.wantIdle("it may still be its turn")
		k.wait(2 * time.Millisecond)
		second.want("it was not its turn in time", "HTTP/1.1 503", "\r\nRetry-After: ", "waited for too long")
		k.queueUp(1, "/10")[0].want("the handler is stuck, it seems", "HTTP/1.1 503")
		k.wait(19 * time.Second)
		slow.want("it had begun", "HTTP/1.1 200")
		last := k.queueUp(1, "/10")[0]
		k.wait(10 * time.Millisecond)
		last.want("the handler is back", "HTTP/1.1 200")
		if n := calls.Load(); n != 2 {
			t.Errorf("want the handler called for the slow one and the last, got %d", n)
		}
	})
}

func TestRetryAfterIsTheTimeOfTheQueue(t *testing.T) {
	bubble(t, func(k *kit) {
		var calls atomic.Int32
		k.serve("/{ms}", sleepy(&calls))
		k.queueUp(2, "/2000")
		k.wait(2 * time.Second)
		clients := k.queueUp(4, "/2000")
		clients[3].want("behind three that take 2 s each (RFC 9110 §10.2.3)", "HTTP/1.1 503", "\r\nRetry-After: 6\r\n")
		k.wait(2 * time.Second)
		clients[3].send(ask("GET", "/2000"))
		k.wait(soon)
		clients[3].wantIdle("one place further there is room")
	})
}

func TestAVitalRouteRefusesNobody(t *testing.T) {
	bubble(t, func(k *kit) {
		var calls atomic.Int32
		k.serve("/{ms}", sleepy(&calls), MaxQueue(1), MaxQueueWait(1), Vital())
		clients := k.queueUp(5, "/1000")
		k.wait(5 * time.Second)
		for _, p := range clients {
			p.want("it has to be answered under any load", "HTTP/1.1 200")
		}
	})
}

// A request whose client is gone, or whose time is up, would only delay those after it.
func TestAHandlerNeverSeesWhatNobodyWaitsFor(t *testing.T) {
	bubble(t, func(k *kit) {
		k.log.level = slog.LevelDebug
		var calls atomic.Int32
		k.serve("/{ms}", sleepy(&calls), MaxQueue(2), HandlerTimeout(2*time.Second))
		slow := k.queueUp(1, "/5000")[0]
		late, gone := k.queueUp(1, "/0")[0], k.queueUp(1, "/0")[0]
		k.queueUp(1, "/0")[0].want("two wait", "HTTP/1.1 503")
		gone.conn.Close()
		k.wait(probePause)
		k.wantQueued("both are in the mailbox still", 2)
		k.wait(2*time.Second - probePause)
		slow.want("the handler is at it still", "HTTP/1.1 504")
		late.want("it is too late", "HTTP/1.1 504")
		k.queueUp(1, "/0")[0].want("nobody waits for them, but they take up the room", "HTTP/1.1 503")
		k.wait(3 * time.Second)
		k.wantQueued("they are out of the mailbox", 0)
		patient := k.queueUp(2, "/0")
		for _, p := range patient {
			p.want("they were in time", "HTTP/1.1 200")
		}
		if n := calls.Load(); n != 3 {
			t.Errorf("want the handler called for the slow one and those in time, 3 times, got %d", n)
		}
		if n := k.log.count("DEBUG request dropped actor=router//{ms} exchange=1"); n != 2 {
			t.Errorf("want both departures in the log, got %d", n)
		}
	})
}

// One request that never ends must not make all connections wait.
func TestAStuckHandlerRefuses(t *testing.T) {
	bubble(t, func(k *kit) {
		var calls atomic.Int32
		k.serve("/{ms}", sleepy(&calls))
		k.queueUp(2, "/100") // a request takes 100 ms, it seems
		k.wait(soon + 200*time.Millisecond)
		k.queueUp(1, "/20000")
		waiting := k.queueUp(3, "/10")
		k.wait(5 * time.Second)
		for _, p := range waiting {
			p.want("it has waited for 5 s", "HTTP/1.1 503", "\r\nRetry-After: 6\r\n")
		}
		k.queueUp(1, "/10")[0].want("the handler has been at one for more than 5 s", "HTTP/1.1 503", "\r\nRetry-After: 6\r\n")
		k.wait(15 * time.Second)
		k.queueUp(1, "/0")[0].want("it is back", "HTTP/1.1 200")
	})
}

// The measurement counts the work of the handler, not its rest. With one worker the whole burst is queued before the
// handler begins.
func TestAnIdleHandlerTakesABurst(t *testing.T) {
	for _, last := range []string{"/10", "/crash"} {
		t.Run("after "+last, func(t *testing.T) {
			bubble(t, func(k *kit) {
				var calls atomic.Int32
				k.server.env.dispatcher = dispatch.New(1)
				k.serve("/{ms}", sleepy(&calls))
				k.queueUp(2, "/10")
				k.wait(soon + 10*time.Millisecond)
				k.queueUp(1, last)
				k.wait(time.Hour)
				if since := k.server.env.seat(0).line.busySince.Load(); since != 0 {
					t.Errorf("want the handler at nothing, it has been busy since %v", time.Duration(since))
				}
				clients := make([]*peer, 300)
				for i := range clients {
					clients[i] = k.dial()
				}
				for _, p := range clients {
					p.outgoing <- []byte(ask("GET", "/10"))
				}
				k.wait(300 * 10 * time.Millisecond)
				for _, p := range clients {
					p.want("a burst is no overload", "HTTP/1.1 200")
				}
			})
		})
	}
}
