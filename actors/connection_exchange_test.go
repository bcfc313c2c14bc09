package actors

import (
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

func TestASecondResponseIsDropped(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get + get)
		first := want[*Request](c.router, "the first")
		c.tell(first.Text(200, "1"))
		second := want[*Request](c.router, "the second")
		c.tell(first.Text(200, "1 again"))
		c.router.wantNone("the second exchange is still open")
		c.tell(second.Text(200, "2"))
		c.tell(second.Text(200, "2 again"))
		c.want("the first answer counts", "HTTP/1.1 200", "\r\n\r\n1")
		c.want("a second answer can never reach another request", "HTTP/1.1 200", "\r\n\r\n2")
		c.wantIdle("each request has one answer")
		if k.log.count("late response dropped", "actor=listener/connection$1") != 2 {
			t.Errorf("both dropped answers belong in the log, got %q", k.log.written())
		}
	})
}

func TestAResponseToSomebodyElseIsDropped(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get)
		request := want[*Request](c.router, "the request")
		other := &Request{head: request.head, exchange: request.exchange}
		c.tell(other.Text(200, "of another user"))
		c.wantIdle("the number of the exchange may be the same, the connection is not")
		c.tell(&Response{Status: 200, Body: []byte("of nobody")})
		c.wantIdle("it answers no request at all")
		c.tell(request.Text(200, "mine"))
		c.want("the answer to this request", "HTTP/1.1 200", "mine")
	})
}

func TestSupervisionAnswersForTheHandler(t *testing.T) {
	tests := []struct {
		name   string
		say    func(exchange uint64) any
		status string
	}{
		{"crashed", func(n uint64) any { return &handlerCrashed{n} }, "HTTP/1.1 500 Internal Server Error"},
		{"stopped", func(n uint64) any { return &handlerStopped{exchange: n} }, "HTTP/1.1 503 Service Unavailable"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := k.connection()
				c.tell(test.say(1))
				c.wantIdle("nothing was asked yet")
				c.send(get)
				request := want[*Request](c.router, "the request")
				c.tell(test.say(request.exchange + 1))
				c.tell(test.say(request.exchange - 1))
				c.wantIdle("it was said of another exchange")
				c.tell(test.say(request.exchange))
				c.want("every accepted request ends in one response, at once", test.status)
				c.tell(test.say(request.exchange))
				c.tell(request.Text(200, "late"))
				c.wantServes("the connection goes on, and the late answer is dropped")
				c.wantIdle("nothing else was said")
			})
		})
	}
}

func TestNoRouterIs503(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.env.system.Root.Stop(c.router.pid)
		k.wait(0)
		c.send(get)
		c.want("the router has stopped", "HTTP/1.1 503 Service Unavailable")
	})
}

func TestStrangeMessagesAreIgnored(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.takesContent()
		strange := []any{"text", 7, &bytesArrived{}, &deadlinePassed{}, &actor.Terminated{}}
		for _, message := range strange {
			c.tell(message)
		}
		c.wantIdle("nothing was asked")
		c.send(get)
		request := want[*Request](c.router, "the request")
		for _, message := range strange {
			c.tell(message)
		}
		c.wantIdle("the exchange goes on")
		c.tell(request.Text(200, ""))
		c.want("the answer", "HTTP/1.1 200")
	})
}

func TestDrainEndsAnIdleConnection(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.wantServes("it works")
		c.drain()
		k.wait(drainGrace - 1)
		c.wantIdle("a request may be on its way")
		k.wait(1)
		c.wantClosed("between requests there is nothing to finish")
		c.wantStopped("it has ended")
	})
}

func TestDrainLetsTheRequestArrive(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(partialHead)
		c.drain()
		c.wantIdle("the client has begun a request")
		c.send("st: a\r\n\r\n")
		c.tell(want[*Request](c.router, "it is finished").Text(200, "done"))
		c.want("it is answered", "HTTP/1.1 200", "\r\nConnection: close\r\n", "done")
		c.wantClosed("and was the last")
	})
}

func TestDrainLetsTheExchangeEnd(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get + get)
		request := want[*Request](c.router, "the request")
		c.drain()
		k.wait(10 * time.Second)
		c.wantIdle("the handler is at work")
		c.tell(request.Text(200, "done"))
		c.want("the answer", "HTTP/1.1 200", "\r\nConnection: close\r\n", "done")
		c.wantClosed("nothing new is taken")
		c.router.wantNone("the pipelined request is left to another connection")
		c.end()
		c.wantStopped("both sides are closed")
	})
}

func TestDrainLetsTheContentArrive(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.takesContent()
		c.send(post + "Content-Length: 5\r\n\r\n")
		c.drain()
		c.send("hello")
		c.tell(want[*Request](c.router, "the content").Text(200, "done"))
		c.want("the answer", "HTTP/1.1 200", "\r\nConnection: close\r\n", "done")
		c.wantClosed("it was the last")
	})
}

func TestDrainLetsUnwantedContentPass(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 5\r\n\r\n")
		c.tell(want[*Request](c.router, "the head").Text(404, "no"))
		c.want("the answer", "HTTP/1.1 404")
		c.drain()
		c.parent.wantNone("closing now could reset the connection and eat the answer (RFC 9112 §9.6)")
		c.send("hello")
		k.wait(drainGrace)
		c.wantClosed("nothing new has come")
		c.wantStopped("it has ended")
	})
}

func TestDrainWhileClosingChangesNothing(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send("GET / HTTP/1.0\r\n\r\n")
		c.tell(want[*Request](c.router, "the request").Status(204))
		c.want("the answer", "HTTP/1.1 204")
		c.drain()
		c.parent.wantNone("the client still has its time")
		k.wait(lingerTimeout)
		c.wantStopped("then it ends")
	})
}

func TestDrainTwiceIsDrainOnce(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get)
		request := want[*Request](c.router, "the request")
		c.drain()
		c.drain()
		c.wantIdle("the handler is at work")
		c.tell(request.Text(200, "done"))
		c.want("the answer", "HTTP/1.1 200", "done")
		c.wantClosed("it was the last")
	})
}
