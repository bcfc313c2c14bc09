package actors

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// Faults that streaming had, each with the test that found it.

// readMore demands without flushing, and demand gives the buffer back with what it held: the response
// to the request before is lost ("every accepted request ends in exactly one response").
func TestAHeldBackResponseSurvivesAReadOfContent(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get + post + "Content-Length: 5\r\n\r\n")
		c.tell(want[*Request](c.router, "the first").Text(200, "first"))
		h := c.consumer("the second")
		h.ask()
		c.want("the first response is not lost", "HTTP/1.1 200", "first")
		c.send("hello")
		h.wantPiece("the content", "hello", true)
		c.tell(h.request.Text(200, "second"))
		c.want("each request has its own response, in order (RFC 9112 §9.3.2)", "HTTP/1.1 200", "second")
	})
}

// decode sets the stage to decoding, also when a response is on its way: a crash in there answers 500
// in the middle of it.
func TestACrashOfTheDecoderWithinAStreamSaysNothing(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + chunked + "\r\n")
		h, s := c.consumer("the head"), c.source()
		c.tell(plain(h.request, s.props()))
		c.wantHead("the response has begun", "HTTP/1.1 200")
		c.incarnation().decoder = &wire.Decoder{} // without limits it panics
		h.ask()
		c.send("1\r\na\r\n")
		c.wantClosed("no second response within the first (RFC 9112 §9.3.2)")
	})
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + chunked + "\r\n")
		c.tell(want[*Request](c.router, "the head").Text(404, "no"))
		c.want("the answer", "HTTP/1.1 404")
		c.incarnation().decoder = &wire.Decoder{}
		c.send("1\r\na\r\n")
		c.wantClosed("it was answered already: one request, one response")
	})
}

// A client that waits for a 100 may send its content or not. After a response without one, what comes
// next may be content or a request, so the connection has to end (RFC 9110 §10.1.1).
func TestAStreamToAClientThatWaitsForA100Closes(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.source()
		c.send(post + expect + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(get)))
		request := want[*Request](c.router, "the head")
		request.route = c.streamingRoute()
		c.tell(plain(request, s.props()))
		c.wantHead("the client is not told to go on", "HTTP/1.1 200")
		s.end("the stream ends")
		c.wantOctets("it is whole", "0\r\n\r\n")
		c.wantClosed("the client may send the content or not: nobody can know")
		c.send(get)
		c.router.wantNone("nothing is read as a request after a close")
	})
}

// A limit holds wherever the content was when the head was decoded (RFC 9110 §15.5.14).
func TestTheRouteLimitsContentThatCameWithTheHead(t *testing.T) {
	for name, test := range map[string]struct {
		status string
		option RouteOption
	}{
		"over MaxBody":                 {"HTTP/1.1 413", MaxBody(5)},
		"none allowed":                 {"HTTP/1.1 413", MaxBody(-1)},
		"within MaxBody":               {"HTTP/1.1 200", MaxBody(20)},
		"StreamBody without a limit":   {"HTTP/1.1 200", StreamBody()},
		"only over the server's limit": {"HTTP/1.1 413", MaxBody(0)},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) { c.Limits.Body = 10 })
				k.serve("/", actor.PropsFromFunc(pullAll), test.option)
				k.peer.send(post + "Content-Length: 15\r\n\r\n" + strings.Repeat("x", 15))
				k.peer.want(name, test.status)
			})
		})
	}
}

// "The Err of a BodyRead if the content can no longer be read: its exchange has ended": ReadBody is answered in every
// behaviour, not only in exchanging and streaming.
func TestAReadAfterTheResponseIsRefused(t *testing.T) {
	for name, octets := range map[string]string{
		"awaiting":           post + "Content-Length: 5\r\n\r\nhello",
		"discarding":         post + "Content-Length: 5\r\n\r\n",
		"closing":            "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello",
		"the rest of a head": post + "Content-Length: 5\r\n\r\nhello" + partialHead,
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := k.connection()
				c.send(octets)
				h := c.consumer("the request")
				c.tell(h.request.Text(200, ""))
				c.want("the answer", "HTTP/1.1 200")
				h.ask()
				h.wantErr("whoever asks is answered", ErrExchangeOver)
			})
		})
	}
}

// ReadBody is "answered with BodyRead", also when the connection ends meanwhile.
func TestAReaderIsToldThatTheConnectionEnds(t *testing.T) {
	for name, end := range map[string]func(*loneConnection, *testSource){
		"the source fails":     func(_ *loneConnection, s *testSource) { s.do(func(actor.Context) { panic("no more tape") }) },
		"the client is silent": func(c *loneConnection, _ *testSource) { c.k.wait(10 * time.Second) },
		"the client is gone": func(c *loneConnection, s *testSource) {
			c.conn.Close()
			s.give("a piece", "x")
		},
		"it is stopped": func(c *loneConnection, _ *testSource) { c.env.system.Root.Stop(c.pid) },
		"it crashes":    func(c *loneConnection, _ *testSource) { c.crash() },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := k.connection()
				c.send(post + "Content-Length: 5\r\n\r\n")
				h, s := c.consumer("the head"), c.source()
				c.tell(plain(h.request, s.props()))
				h.ask()
				end(c, s)
				c.wantStopped("the connection ends")
				if read := want[*BodyRead](h.probe, "whoever asked is answered"); read.Err == nil {
					t.Errorf("want why there is no more, got %+v", read)
				}
			})
		})
	}
}

// "If it fails or stops before the end": a source that stops right after its end has not. The end of a child is a
// message of the life cycle and overtakes the last piece.
func TestASourceMayStopWithItsEnd(t *testing.T) {
	failed := 0
	for range 20 {
		bubble(t, func(k *kit) {
			c := k.connection()
			c.send(get)
			c.tell(want[*Request](c.router, "the request").Stream(200, nil, actor.PropsFromFunc(func(ctx actor.Context) {
				if demand, ok := ctx.Message().(*ReadBody); ok {
					ctx.Respond(demand.End(nil))
					ctx.Stop(ctx.Self())
				}
			})))
			c.wantHead("the head", "HTTP/1.1 200")
			if string(c.in) != "0\r\n\r\n" {
				failed++
			}
		})
	}
	if failed > 0 {
		t.Errorf("a source that stops itself right behind its end: %d of 20 responses were broken off", failed)
	}
}

// A response that is broken off is one line in the log.
func TestABrokenStreamIsLoggedOnce(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams(get, plain)
		c.tell(s.demand("the next").Fail(fmt.Errorf("no more tape")))
		c.wantStopped("it is broken off")
		if n := k.log.count("WARN response broken off"); n != 1 {
			t.Errorf("want one line, got %q", k.log.written())
		}
	})
}

// WriteTimeout is "how long a client may go without taking any octet of a response": one that takes something all the
// time is not given up, however large the pieces of its source.
func TestASlowClientOfALargePieceIsNotGivenUp(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams(get, plain)
		c.takeOnce()
		k.cleanup = append(k.cleanup, c.takeAll)
		s.give("a large piece", strings.Repeat("x", 2<<20))
		for range 20 {
			k.wait(time.Second)
			c.takeOnce()
		}
		c.parent.wantNone("the client takes 64 KiB each second")
		c.takeAll()
		s.end("the piece was taken")
	})
}

// takeOnce has the client take octets once more, and then none.
func (p *peer) takeOnce() {
	p.mu.Lock()
	before := p.stalled
	p.stalled = make(chan struct{})
	p.mu.Unlock()
	if before != nil {
		close(before)
	}
}

func (p *peer) takeAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stalled != nil {
		close(p.stalled)
		p.stalled = nil
	}
}

// The same on a socket of the kernel, which tells that it is writable only when a third of its send
// buffer is free: megabytes, that a client of 400 KB a second does not take within a second.
func TestASlowClientIsNotGivenUpOnTCP(t *testing.T) {
	log := &lines{level: slog.LevelInfo}
	server := NewServer(Config{Logger: slog.New(log), WriteTimeout: time.Second})
	handle(server, "/", actor.PropsFromFunc(func(ctx actor.Context) {
		if request, ok := ctx.Message().(*Request); ok {
			ctx.Respond(request.Stream(200, nil, pieces(10_000)))
		}
	}))
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(on) }()
	defer func() {
		server.Shutdown(context.Background())
		<-served
	}()
	client, err := net.Dial("tcp", on.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	taken := 0
	io.WriteString(client, get)
	for piece := make([]byte, 20<<10); log.count("broken off") == 0; time.Sleep(50 * time.Millisecond) { // a real slow peer
		if n, err := client.Read(piece); err != nil {
			t.Fatal(err)
		} else if taken += n; taken > 2<<20 {
			return
		}
	}
	t.Errorf("given up, though it takes 20 KiB each 50 ms: %q", log.written())
}

// A handler that panics is answered 500 at once (decision 5), also on a piece of content that it
// asked for, not only on the Request.
func TestACrashOnAPieceOfContentIs500AtOnce(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *Request:
				ctx.Request(message.ReplyTo(), message.ReadBody())
			case *BodyRead:
				panic("indigestible")
			}
		}), StreamBody())
		k.peer.send(post + "Content-Length: 5\r\n\r\n")
		k.peer.send("hello")
		k.peer.want("the handler crashed on its request, and the client is told at once", "HTTP/1.1 500")
	})
}
