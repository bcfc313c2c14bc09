package actors

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/internal/transport"
	"github.com/troupe-go/troupe/wire"
)

// crashed wants one crash of the connection in the log, with its actor and its stack.
func (c *loneConnection) wantCrashLogged(decision string) {
	c.k.t.Helper()
	if c.k.log.count("ERROR crashed", "actor=listener/connection$1", "decision="+decision, "stack=", ".go:") == 0 {
		c.k.t.Errorf("want a crash with its stack and the decision %s in the log, got %q", decision, c.k.log.written())
	}
}

// wantServes wants the next request on the same socket to be served.
func (c *loneConnection) wantServes(why string) {
	c.k.t.Helper()
	c.send(get)
	c.tell(want[*Request](c.router, why).Text(200, "still here"))
	c.want(why, "HTTP/1.1 200", "still here")
}

func TestACrashBetweenRequestsIsNotSeen(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.crash()
		c.wantIdle("nothing was asked, so nothing is said")
		c.wantServes("the socket outlives the crash")
		c.crash()
		c.wantServes("and another one")
		c.wantCrashLogged("restart")
		k.wait(5 * time.Second)
		c.wantClosed("the new incarnation keeps the idle timeout")
	})
}

func TestACrashWithinAHeadLosesNothing(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get[:20])
		k.wait(9 * time.Second)
		c.crash()
		c.wantIdle("the decoder was not at work, so it stands where it stood")
		c.send(get[20:])
		c.tell(want[*Request](c.router, "the head is whole").Text(200, ""))
		c.want("the answer", "HTTP/1.1 200")
		c.send(partialHead)
		k.wait(9 * time.Second)
		c.crash()
		k.wait(time.Second)
		c.want("the head timeout survives a crash", "HTTP/1.1 408")
	})
}

func TestACrashWithinTheDecoderIs500AndCloses(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.incarnation().decoder = &wire.Decoder{} // without limits it panics
		c.send(get + get)
		c.want("nobody knows where the next request begins", "HTTP/1.1 500", "\r\nConnection: close\r\n")
		c.wantClosed("never resynchronise on a guess")
		c.router.wantNone("nothing was decoded")
		c.end()
		c.wantStopped("it ended in stages")
	})
}

func TestACrashWithinContentIs500AndCloses(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.takesContent()
		c.send(post + "Content-Length: 5\r\n\r\n")
		c.crash()
		c.want("the request is lost", "HTTP/1.1 500", "\r\nConnection: close\r\n")
		c.wantClosed("in the middle of a message: never resynchronise on a guess")
		c.send("hello" + get)
		c.router.wantNone("what still comes is not read")
	})
}

func TestACrashWithinAnExchangeIs500AndGoesOn(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get)
		request := want[*Request](c.router, "the request")
		c.crash()
		c.want("nothing of the response was written", "HTTP/1.1 500 Internal Server Error")
		c.wantIdle("the decoder stands exactly at the end of the request")
		c.router.wantNone("no request runs twice")
		c.tell(request.Text(200, "late"))
		c.wantIdle("the answer came too late")
		c.wantServes("the next request on the same socket is served")
	})
}

func TestACrashWithinABurstAnswersEachOnce(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get + get + get)
		c.tell(want[*Request](c.router, "the first").Text(200, "1"))
		want[*Request](c.router, "the second")
		c.crash()
		c.tell(want[*Request](c.router, "the third").Text(200, "3"))
		c.want("what was held back survives", "HTTP/1.1 200", "\r\n\r\n1")
		c.want("the exchange in flight", "HTTP/1.1 500")
		c.want("the decoder goes on", "HTTP/1.1 200", "\r\n\r\n3")
		c.wantIdle("no octet is sent twice")
		c.router.wantNone("no request runs twice")
	})
}

func TestACrashWithContentUnreadSkipsIt(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 5\r\n\r\n")
		want[*Request](c.router, "the head")
		c.crash()
		c.want("the exchange in flight", "HTTP/1.1 500")
		c.send("hello")
		c.wantServes("the content was passed over")
	})
}

func TestACrashWithinAResponseEndsItVisibly(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connectionOn(func(s transport.Socket) transport.Socket { return &panickingSocket{Socket: s, writes: 3} })
		c.send(get + get)
		c.tell(want[*Request](c.router, "the request").Text(200, strings.Repeat("a", 4*outputFull)))
		head, content, _ := strings.Cut(string(c.in), "\r\n\r\n")
		if !strings.HasPrefix(head, "HTTP/1.1 200") || len(content) == 0 || len(content) >= 4*outputFull {
			t.Errorf("want a part of the response, got %d octets of content", len(content))
		}
		c.in = nil
		c.wantClosed("the response ends visibly incomplete, and nothing follows it")
		c.wantStopped("the socket closes")
		c.router.wantNone("nothing goes on behind a half response")
	})
}

func TestACrashAfterAWriteDoesNotWriteAgain(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connectionOn(func(s transport.Socket) transport.Socket { return &panickingSocket{Socket: s, writes: 1, late: true} })
		c.send(get)
		c.tell(want[*Request](c.router, "the request").Text(200, "once"))
		c.want("it was written", "HTTP/1.1 200", "once")
		c.wantClosed("no octet is sent twice: nobody knows what left")
		c.wantStopped("the socket closes")
	})
}

func TestACrashOnDemandIsNotSeen(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connectionOn(func(s transport.Socket) transport.Socket { return &panickingSocket{Socket: s, demands: 2} })
		c.send(get)
		c.tell(want[*Request](c.router, "the request").Text(200, "hello"))
		c.want("the answer had been written", "HTTP/1.1 200", "hello")
		c.wantServes("the new incarnation demands again")
		c.wantCrashLogged("restart")
	})
}

func TestACrashAfterTheLastResponseCloses(t *testing.T) {
	for name, octets := range map[string]string{
		"while discarding": post + "Content-Length: 5\r\n\r\n",
		"while closing":    "GET / HTTP/1.0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := k.connection()
				c.send(octets)
				c.tell(want[*Request](c.router, "the request").Text(404, "no"))
				c.want("the answer", "HTTP/1.1 404")
				c.crash()
				c.wantClosed("the answer is out, and nothing more is said")
				c.send("hello")
				c.parent.wantNone("the socket is kept, so that what the client sends does not reset it (RFC 9112 §9.6)")
				c.end()
				c.wantStopped("the connection ends")
			})
		})
	}
}

func TestAConnectionThatCrashesAgainAndAgainIsGivenUp(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		for range connectionRestarts {
			c.crash()
			c.wantServes("it may be restarted so often")
		}
		c.crash()
		c.wantClosed("past the restart limit the socket closes")
		c.wantStopped("past the restart limit it stops")
		c.wantCrashLogged("stop")
	})
}

func TestCrashesAreForgotten(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		c := k.connection()
		for range 4 * connectionRestarts {
			c.crash()
			k.wait(quietTime / connectionRestarts)
			k.wait(quietTime)
		}
		c.wantServes("failures that are far from each other do not add up")
	})
}

func TestACrashInExchangeAfterExchange(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		for range connectionRestarts {
			c.send(get)
			want[*Request](c.router, "the request")
			c.crash()
			c.want("each is answered at once", "HTTP/1.1 500")
		}
		c.send(get)
		want[*Request](c.router, "the request")
		c.crash()
		c.want("it is given up, and the exchange that it was in answered", "HTTP/1.1 503")
		c.wantClosed("that was the last")
		c.wantStopped("past the restart limit it stops")
	})
}

// A panickingSocket panics in one of its methods, when it was called so often.
type panickingSocket struct {
	transport.Socket
	writes, demands int
	late            bool // after it did what it had to
}

func (s *panickingSocket) Write(octets []byte, timeout time.Duration, rate int) (err error) {
	s.writes--
	if s.writes == 0 && !s.late {
		panic("a crash before a write")
	}
	err = s.Socket.Write(octets, timeout, rate)
	if s.writes == 0 {
		panic("a crash after a write")
	}
	return err
}

func (s *panickingSocket) Demand() {
	if s.demands--; s.demands == 0 {
		panic("a crash before a demand")
	}
	s.Socket.Demand()
}

// "A server in which a crash never becomes a hang": octets that had arrived before a crash of the connection are not
// lost.
func TestACrashBeforeOctetsAreTakenLosesNone(t *testing.T) {
	bubble(t, func(k *kit) {
		var crash func()
		c := k.connectionOn(func(s transport.Socket) transport.Socket {
			return &crashingSocket{s, sync.OnceFunc(func() { crash() })}
		})
		crash = func() { c.env.system.Root.Send(c.pid, (*giveWay)(nil)) }
		c.send(get)
		c.tell(want[*Request](c.router, "the request had arrived").Text(200, "hello"))
		c.want("it is answered", "HTTP/1.1 200", "hello")
	})
}

// A crashingSocket has the connection crash when octets have arrived, before it can take them.
type crashingSocket struct {
	transport.Socket
	crash func()
}

func (s *crashingSocket) Open(arrived, waits func()) {
	s.Socket.Open(func() { s.crash(); arrived() }, waits)
}

// Drain: "finish what was begun, take nothing new", whatever happens meanwhile.
func TestDrainSurvivesACrash(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get)
		want[*Request](c.router, "the request")
		c.drain()
		c.crash()
		c.want("the exchange in flight", "HTTP/1.1 500", "\r\nConnection: close\r\n")
		c.wantClosed("it was the last")
	})
}

// "Every accepted request ends in exactly one response", also if the connection crashes between the
// commit of a response and the end of its exchange.
func TestACrashOfTheLogAnswersOnce(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get)
		request := want[*Request](c.router, "the request")
		k.log.mu.Lock()
		k.log.fail = "INFO exchange"
		k.log.mu.Unlock()
		c.tell(request.Text(200, "once"))
		c.want("the answer", "HTTP/1.1 200", "once")
		c.wantIdle("one request, one response")
		c.wantServes("the connection goes on")
	})
}
