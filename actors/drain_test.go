package actors

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

// wantInOrder wants lines of the log that begin with these texts, in this order.
func (l *lines) wantInOrder(k *kit, texts ...string) {
	k.t.Helper()
	written := l.written()
	for _, text := range texts {
		at := slices.IndexFunc(written, func(line string) bool { return strings.HasPrefix(line, text) })
		if at < 0 {
			k.t.Errorf("want a line %q, in this order, got %q", text, l.written())
			return
		}
		written = written[at+1:]
	}
}

func TestReadyIsFalseFromTheBeginningOfAShutdown(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.DrainDelay = 3 * time.Second })
		k.serve("/", saying("hello"))
		if k.server.Ready() {
			t.Error("nothing is served yet")
		}
		k.start()
		if !k.server.Ready() {
			t.Error("want it ready when it accepts")
		}
		ended := k.shutdown(context.Background())
		if k.server.Ready() {
			t.Error("want it to say at once that it goes")
		}
		k.wait(3 * time.Second)
		wantError(t, "nothing holds it up", ended, nil)
		if k.server.Ready() {
			t.Error("it is gone")
		}
	})
}

// A load balancer needs time to notice: meanwhile nothing is refused, and no response is announced as the last.
func TestAServerThatIsNotReadyStillServes(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.DrainDelay = 3 * time.Second })
		k.serve("/", saying("hello"))
		k.start()
		ended := k.shutdown(context.Background())
		k.wait(3*time.Second - 1)
		k.peer.send(get)
		k.peer.want("a newcomer is served, and told that there is no next time: it may have a pool", "HTTP/1.1 200", "\r\nConnection: close\r\n")
		k.peer.wantClosed("so nothing of the client's dies with the server")
		select {
		case <-k.listener.closed:
			t.Error("the socket listens on")
		default:
		}
		k.wait(1)
		select {
		case <-k.listener.closed:
		default:
			t.Error("now the socket is closed")
		}
		k.peer.end()
		k.wait(time.Second)
		wantError(t, "all is finished", ended, nil)
	})
}

func TestADrainGoesDownTheTreeInOrder(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.DrainDelay = time.Second })
		k.serve("/", saying("hello"))
		k.peer.send(get + get)
		k.wait(burstPause)
		k.peer.want("the first", "HTTP/1.1 200")
		k.peer.want("the second", "HTTP/1.1 200")
		k.dial()
		ended := k.shutdown(context.Background())
		k.wait(2 * time.Second)
		wantError(t, "all idle", ended, nil)
		k.log.wantInOrder(k,
			"INFO starting actor=server",
			"INFO not ready any more actor=server pause=1s", "INFO draining actor=server listeners=1",
			"INFO draining actor=listener connections=2", "INFO stopped listening actor=listener",
			"INFO stopping actor=router", "INFO stopped actor=server connections=2 exchanges=2 rejected=0 refused=0 unavailable=0 timeouts=0 crashes=0 late=0")
		if n := k.log.count("draining") + k.log.count("stopp"); n != 5 {
			t.Errorf("want each step once, got %q", k.log.written())
		}
	})
}

func TestTheLastLineCountsWhatWentWrong(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props(), HandlerTimeout(time.Second))
		k.serve("/stuck", stuckHere(500*time.Millisecond), MaxQueue(1))
		k.peer.send(ask("GET", "/clerk/"))
		k.wait(time.Second)
		k.peer.want("a timeout", "HTTP/1.1 504")
		k.tell("router//clerk/", c.answer) // late
		k.tell("router//clerk/", crashNow)
		k.queueUp(3, "/stuck")[2].want("one is refused", "HTTP/1.1 503")
		wrong := k.dial()
		wrong.send("GET\r\n\r\n")
		wrong.want("one is rejected", "HTTP/1.1 400")
		wrong.end()
		ended := k.shutdown(context.Background())
		k.wait(3 * time.Second)
		wantError(t, "all is finished", ended, nil)
		k.log.wantInOrder(k, "INFO stopped actor=server connections=5 exchanges=4 rejected=1 refused=1 unavailable=0 timeouts=1 crashes=1 late=1")
	})
}

// A request may be on its way when the drain begins: the server serves what the client sent before it could know.
func TestARequestOnItsWayIsServed(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		idle, used := k.dial(), k.dial()
		used.send(get)
		used.want("it is kept alive", "HTTP/1.1 200")
		ended := k.shutdown(context.Background())
		k.wait(drainGrace - 1)
		used.send(get)
		used.want("it came within the grace", "HTTP/1.1 200", "\r\nConnection: close\r\n")
		used.wantClosed("it was the last")
		used.end()
		idle.wantIdle("the grace is not over")
		k.wait(1)
		idle.wantClosed("now it is")
		wantError(t, "all is finished", ended, nil)
	})
}

func TestAKeptRequestOutlivesTheBeginningOfADrain(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		k.peer.send(ask("GET", "/clerk/1"))
		ended := k.shutdown(context.Background())
		k.wait(time.Second)
		k.peer.wantIdle("the exchange goes on")
		k.tell("router//clerk/", c.answer)
		k.peer.want("it is finished", "HTTP/1.1 200", "\r\nConnection: close\r\n", "/clerk/1")
		k.peer.wantClosed("it was the last")
		k.peer.end()
		wantError(t, "all is finished", ended, nil)
	})
}
