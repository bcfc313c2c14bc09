package actors

import (
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A handler that still reads content when its client has gone is told as well.
func TestReadingContentDoesNotPutTheProbeOff(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 5\r\n\r\nhello")
		h := c.consumer("the head")
		life := h.request.Context()
		c.end()
		k.wait(probePause / 2)
		h.ask()
		h.wantPiece("all is here", "hello", true)
		k.wait(probePause / 2)
		c.want("is anybody there?", "HTTP/1.1 100")
		wantAlive(t, "the pipe does not say", life)
		h.send(h.request.Text(200, "ok"))
		c.want("there is", "HTTP/1.1 200")
	})
}

// send sends a message to the connection.
func (h *consumer) send(message any) {
	h.do(func(ctx actor.Context) { ctx.Send(h.request.ReplyTo(), message) })
}

// A response that is held back because more requests are in the decoder leaves in time, even after a crash.
func TestACrashDoesNotHoldResponsesBack(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get + get + get)
		c.tell(want[*Request](c.router, "the first").Text(200, "one"))
		want[*Request](c.router, "the second")
		c.crash()
		want[*Request](c.router, "the third, which takes long")
		k.wait(burstPause)
		c.want("it was held back for a moment", "HTTP/1.1 200")
		c.want("a crash is answered at once", "HTTP/1.1 500")
	})
}

// Refused content is freed at once, not only when the client has closed.
func TestRefusedContentIsLetGo(t *testing.T) {
	bubble(t, func(k *kit) {
		k.config.MaxContent = 100 << 10
		c := k.connection()
		c.takesContent()
		c.send(post + "Content-Length: 1000000\r\n\r\n")
		c.send(strings.Repeat("x", 200<<10))
		c.want("there is no room", "HTTP/1.1 503")
		if held := cap(c.incarnation().body.content); held > 0 {
			t.Errorf("%d octets are held that nobody counts", held)
		}
	})
}

// A client over the limit of its address gets no more time for a head than for silence.
func TestAnUnwelcomeClientHasToHurry(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.MaxConnectionsPerPeer = 2 })
		k.serve("/", saying("hello"))
		for range 20 {
			k.dialFrom("192.0.2.1:4000").send("G")
		}
		k.wait(lingerTimeout + time.Second)
		if n := k.connections(); n > 2 {
			t.Errorf("an address that may have 2 connections has %d", n)
		}
	})
}

// While nothing is measured, the current request of the handler may take for ever. But Retry-After is not longer than
// the handler timeout.
func TestRetryAfterIsNotLongerThanAnybodyWaits(t *testing.T) {
	l := newLine(t, -1, time.Second)
	const timeout = 30 * time.Second
	l.route.timeout = timeout
	l.fill(200)
	l.busySince.Store(int64(l.now))
	l.now += 18 * time.Second
	if _, retry, joined := l.add(); joined || retry != timeout {
		t.Errorf("want it refused for %v, got %v, %v", timeout, retry, joined)
	}
}

// A client that takes something all the time gets its response, however long that takes as a whole.
func TestASlowReaderGetsItsResponse(t *testing.T) {
	const size, timeout = 8 << 20, 400 * time.Millisecond
	for name, serve := range waysToServe(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := NewServer(Config{Logger: noLog, WriteTimeout: timeout})
			handle(server, "/", answering(func(r *Request) *Response { return r.Bytes(200, "a/b", make([]byte, size)) }))
			conn := dialTCP(t, overTCP(t, server, serve))
			conn.SetReadBuffer(64 << 10)
			var client net.Conn = conn
			if name == "TLS" {
				client = tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
			}
			io.WriteString(client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
			total, buffer := 0, make([]byte, 16<<10)
			for begun := time.Now(); time.Since(begun) < 5*timeout; time.Sleep(timeout / 20) {
				n, err := client.Read(buffer)
				if total += n; err != nil {
					t.Fatalf("after %v and %d octets: %v", time.Since(begun), total, err)
				}
			}
			rest, err := io.Copy(io.Discard, client)
			if total += int(rest); err != nil || total < size {
				t.Errorf("want %d octets, got %d: %v", size, total, err)
			}
		})
	}
}

// BodyTimeout limits all unwanted content together: more octets do not extend it.
func TestUnwantedContentHasOneDeadline(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 1000\r\n\r\n")
		c.tell(want[*Request](c.router, "the head").Text(404, "no"))
		c.want("the answer", "HTTP/1.1 404")
		part := c.env.config.BodyTimeout / 4
		for range 3 {
			k.wait(part)
			c.send("x")
		}
		c.parent.wantNone("the content may still end in time")
		k.wait(part)
		c.wantStopped("it did not")
	})
}
