package actors

import (
	"os"
	"strings"
	"testing"
	"time"
)

const partialHead = "GET / HTTP/1.1\r\nHo"

func TestAnIdleConnectionClosesInSilence(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		k.wait(5*time.Second - 1)
		c.wantIdle("a client may be silent for the idle timeout")
		k.wait(1)
		c.wantClosed("the idle timeout is over, and nothing is said (RFC 9112 §9.5)")
		c.wantStopped("the connection is gone")
	})
}

func TestIdleTimeCountsFromTheLastExchange(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		for range 3 {
			k.wait(4 * time.Second)
			c.send(get)
			c.tell(want[*Request](c.router, "not yet idle").Status(204))
			c.want("the answer", "HTTP/1.1 204")
		}
		k.wait(5*time.Second - 1)
		c.wantIdle("the idle timeout begins at the end of an exchange")
		k.wait(1)
		c.wantClosed("the idle timeout is over")
	})
}

func TestASlowHeadIs408(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		k.wait(3 * time.Second)
		c.send(partialHead)
		for range 9 {
			k.wait(time.Second)
			c.send("o") // one octet a second does not move the deadline
		}
		k.wait(time.Second - 1)
		c.wantIdle("the head may take the head timeout from its first octet")
		k.wait(1)
		c.want("part of a request arrived (RFC 9110 §15.5.9)", "HTTP/1.1 408 Request Timeout", "\r\nConnection: close\r\n")
		c.wantClosed("a 408 closes")
	})
}

func TestThePipelinedRestOfAHeadHasItsOwnTime(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get + partialHead)
		k.wait(20 * time.Second)
		c.wantIdle("the handler of the first request still has time")
		c.tell(want[*Request](c.router, "the first").Status(204))
		c.want("the answer to the first leaves at once, the second is not whole", "HTTP/1.1 204")
		k.wait(10*time.Second - 1)
		c.wantIdle("the rest of the second head has the head timeout from now")
		k.wait(1)
		c.want("it did not come", "HTTP/1.1 408")
	})
}

func TestASlowBodyIs408(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.BodyRate = -1 })
		c := k.connection()
		c.takesContent()
		c.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
		for range 3 {
			k.wait(9 * time.Second)
			c.send("a")
		}
		k.wait(10*time.Second - 1)
		c.wantIdle("the content may be silent for the body timeout, again and again")
		k.wait(1)
		c.want("silence in the content", "HTTP/1.1 408 Request Timeout", "\r\nConnection: close\r\n")
		c.wantClosed("a 408 closes")
		c.router.wantNone("the request was never whole")
	})
}

func TestASilentHandlerIs504(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get)
		request := want[*Request](c.router, "the request")
		k.wait(30*time.Second - 1)
		c.wantIdle("the handler may take its time")
		k.wait(1)
		c.want("the handler timed out and the answer says so", "HTTP/1.1 504 Gateway Timeout", "30s", "\r\nConnection: close\r\n")
		c.wantClosed("its answer could still come, so the connection ends")
		c.tell(request.Text(200, "late"))
		c.wantClosed("the late answer is dropped")
		if k.log.count("INFO late response dropped", "actor=listener/connection$1", "status=200") != 1 {
			t.Errorf("a late answer belongs in the log, got %q", k.log.written())
		}
		if k.log.count("WARN handler timed out", "actor=listener/connection$1") != 1 {
			t.Errorf("a handler that timed out is worth a warning, got %q", k.log.written())
		}
	})
}

func TestAClientThatTakesNothingIsGivenUp(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.stall()
		c.send(get)
		c.tell(want[*Request](c.router, "the request").Text(200, strings.Repeat("a", 4*outputFull)))
		k.wait(7 * time.Second)
		c.parent.wantNone("the client has at least three quarters of the write timeout")
		k.wait(3 * time.Second)
		c.wantStopped("the client took nothing for the write timeout")
	})
}

func TestLingeringEnds(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send("GET / HTTP/1.0\r\n\r\n")
		c.tell(want[*Request](c.router, "the request").Status(204))
		c.want("the answer", "HTTP/1.1 204")
		c.wantClosed("the server's side is closed first (RFC 9112 §9.6)")
		k.wait(lingerTimeout - 1)
		c.parent.wantNone("the client's side may stay open a little")
		k.wait(1)
		c.wantStopped("but not for ever")
	})
}

func TestLingeringEndsWithTheClientsSide(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send("GET / HTTP/1.0\r\n\r\n")
		c.tell(want[*Request](c.router, "the request").Status(204))
		c.want("the answer", "HTTP/1.1 204")
		c.send(strings.Repeat("more", 1000))
		c.parent.wantNone("what still comes is taken, so that no reset eats the answer (RFC 9112 §9.6)")
		c.end()
		c.wantStopped("both sides are closed")
	})
}

func TestLingeringTakesOnlySoMuch(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send("GET / HTTP/1.0\r\n\r\n")
		c.tell(want[*Request](c.router, "the request").Status(204))
		c.want("the answer", "HTTP/1.1 204")
		c.send(strings.Repeat("x", discardLimit))
		c.parent.wantNone("up to the limit it is taken")
		c.send("xx")
		c.send(strings.Repeat("x", 10*discardLimit))
		if c.incarnation().parting.discarded > discardLimit+2 {
			t.Error("what comes then is not read")
		}
		k.wait(lingerTimeout - 1)
		c.parent.wantNone("closing now would reset the connection, and the client may not have read the answer")
		k.wait(1)
		c.wantStopped("nobody has to listen for ever")
	})
}

func TestTimeoutsCanBeSwitchedOff(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) {
			c.IdleTimeout, c.HeadTimeout, c.BodyTimeout, c.HandlerTimeout, c.WriteTimeout = -1, -1, -1, -1, -1
		})
		c := k.connection()
		c.takesContent()
		k.wait(time.Hour)
		c.wantIdle("no idle timeout")
		c.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n")
		k.wait(time.Hour)
		c.wantIdle("no head timeout")
		c.send("\r\n")
		k.wait(time.Hour)
		c.wantIdle("no body timeout")
		c.send("a")
		request := want[*Request](c.router, "the content")
		k.wait(time.Hour)
		c.wantIdle("no handler timeout")
		goOn := c.stall()
		c.tell(request.Text(200, strings.Repeat("a", 4*outputFull)))
		k.wait(time.Hour)
		goOn()
		c.want("no write timeout", "HTTP/1.1 200")
	})
}

func TestTheClientIsGone(t *testing.T) {
	tests := []struct{ name, octets string }{
		{"before any octet", ""},
		{"within a head: what is not whole is not answered (RFC 9112 §8)", partialHead},
		{"between requests", get},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := k.connection()
				c.send(test.octets)
				if test.octets == get {
					c.tell(want[*Request](c.router, "the request").Status(204))
					c.want("the answer", "HTTP/1.1 204")
				}
				c.end()
				c.wantClosed("nothing is said")
				c.wantStopped("the connection ends at once")
			})
		})
	}
}

func TestAClientThatHasSaidAllIsStillAnswered(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get + get)
		c.end()
		c.tell(want[*Request](c.router, "the first").Text(200, "1"))
		c.tell(want[*Request](c.router, "the second").Text(200, "2"))
		c.want("half a close does not take the question back", "HTTP/1.1 200", "\r\n\r\n1")
		c.want("nor the second", "HTTP/1.1 200", "\r\n\r\n2")
		c.wantClosed("then the connection ends")
		c.wantStopped("both sides are closed")
	})
}

func TestTheClientIsGoneBeforeTheAnswer(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get)
		request := want[*Request](c.router, "the request")
		c.conn.Close()
		c.parent.wantNone("nobody knows yet: the exchange goes on")
		c.tell(request.Text(200, "to nobody"))
		c.wantStopped("the answer cannot be written")
		c.router.wantNone("nothing else was asked")
	})
}

// A partial TLS record arrives but brings no octets: a client that sends only such parts counts as silent.
func TestAnArrivalWithoutOctetsMovesNoDeadline(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		for range 4 {
			k.wait(time.Second)
			c.tell(&bytesArrived{})
		}
		c.parent.wantNone("it may be idle for 5 s")
		k.wait(time.Second)
		c.wantStopped("the idle timeout is over")
	})
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 5\r\n\r\n")
		h := c.consumer("the head")
		h.ask()
		for range 9 {
			k.wait(time.Second)
			c.tell(&bytesArrived{})
		}
		h.wantNone("the content may be silent for 10 s")
		k.wait(time.Second)
		h.wantErr("the body timeout is over", os.ErrDeadlineExceeded)
		c.want("the client is told", "HTTP/1.1 408")
	})
}
