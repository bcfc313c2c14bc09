package actors

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// However a stream fails, the client sees that it is incomplete: there is no last chunk, or less content than
// announced.
func TestAStreamThatFailsIsVisiblyIncomplete(t *testing.T) {
	failures := map[string]func(*testSource){
		"it says so":         func(s *testSource) { s.c.tell(s.demand("the next").Fail(errors.New("no more tape"))) },
		"it panics":          func(s *testSource) { s.do(func(actor.Context) { panic("no more tape") }) },
		"it stops itself":    func(s *testSource) { s.do(func(ctx actor.Context) { ctx.Stop(ctx.Self()) }) },
		"somebody stops it":  func(s *testSource) { s.c.env.system.Root.Stop(s.pid) },
		"bad trailers":       func(s *testSource) { s.c.tell(s.demand("the next").End(Fields{{Name: "X Y", Value: "x"}})) },
		"forbidden trailers": func(s *testSource) { s.c.tell(s.demand("the next").End(Fields{{Name: "Content-Length", Value: "7"}})) },
	}
	for name, fail := range failures {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := k.connection()
				s := c.streams(get+get, plain)
				s.give("the first", "hello")
				c.wantOctets("a piece", "5\r\nhello\r\n")
				fail(s)
				c.wantClosed("no last chunk (RFC 9112 §8)")
				c.wantStopped("the connection ends")
				c.router.wantNone("nothing goes on behind a half response")
				s.wantStops("the source has ended", 1)
				if k.log.count("WARN response broken off", "actor=listener/connection$1", "why=", "octets=5") == 0 {
					t.Errorf("a response that was broken off belongs in the log, got %q", k.log.written())
				}
			})
		})
	}
	t.Run("less than announced", func(t *testing.T) {
		bubble(t, func(k *kit) {
			c := k.connection()
			s := c.streams(get+get, ofLength(9))
			s.give("the first", "hello")
			s.end("the end, too early")
			c.wantOctets("the rest is missing (RFC 9112 §8)", "hello")
			c.wantClosed("nothing takes its place")
			c.router.wantNone("nothing goes on behind a half response")
		})
	})
}

func TestContentUntilCloseIsBrokenOffByAReset(t *testing.T) {
	bubble(t, func(k *kit) {
		var below *resetSocket
		c := k.connectionOn(func(s transport.Socket) transport.Socket { below = &resetSocket{Socket: s}; return below })
		s := c.streams("GET / HTTP/1.0\r\n\r\n", plain, "\r\nConnection: close\r\n")
		s.give("a piece", "hello")
		c.wantOctets("a piece", "hello")
		s.do(func(actor.Context) { panic("no more tape") })
		if c.wantStopped("the connection ends"); below.resets != 1 {
			t.Error("a plain close would look like the end of the content (RFC 9112 §8)")
		}
	})
}

func TestASourceThatNeverStartsIs500(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get)
		c.tell(want[*Request](c.router, "the request").Stream(200, nil, actor.PropsFromProducer(func() actor.Actor { panic("no tape") })))
		c.want("nothing was sent yet", "HTTP/1.1 500")
		c.wantServes("the connection goes on")
	})
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get)
		c.tell(want[*Request](c.router, "the request").Stream(200, nil, actor.PropsFromFunc(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*actor.Started); ok {
				panic("no tape")
			}
		})))
		c.wantHead("the head may be out", "HTTP/1.1 200")
		c.wantClosed("no last chunk")
	})
}

func TestACrashWithinAStreamEndsItVisibly(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams(get+get, plain)
		s.give("the first", "hello")
		c.wantOctets("a piece", "5\r\nhello\r\n")
		c.crash()
		c.wantClosed("no last chunk, and no second response within the first (RFC 9112 §8)")
		c.wantStopped("the connection ends")
		c.router.wantNone("nothing goes on behind a half response")
		s.wantStops("its source ends with it", 1)
	})
	bubble(t, func(k *kit) {
		c := k.connectionOn(func(s transport.Socket) transport.Socket { return &panickingSocket{Socket: s, writes: 2} })
		s := c.streams(get+get, ofLength(9))
		s.give("the first", "hello")
		c.wantClosed("less than announced (RFC 9112 §8)")
		c.wantStopped("the connection ends")
		s.wantStops("its source ends with it", 1)
	})
}

func TestDrainLetsAStreamEnd(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams(get+get, plain)
		c.drain()
		s.give("it goes on", "hello")
		k.wait(time.Hour)
		s.end("it goes on")
		k.wait(burstPause)
		c.wantOctets("it is whole", "5\r\nhello\r\n0\r\n\r\n")
		c.tell(want[*Request](c.router, "its head did not say that it was the last").Status(204))
		c.want("this one says so", "HTTP/1.1 204", "\r\nConnection: close\r\n")
		c.wantClosed("it was the last")
		c.end()
		c.wantStopped("both sides are closed")
	})
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get)
		request, s := want[*Request](c.router, "the request"), c.source()
		c.drain()
		c.tell(plain(request, s.props()))
		c.wantHead("a stream that begins while draining says so", "HTTP/1.1 200", "\r\nConnection: close\r\n")
		s.end("it goes on")
		c.wantOctets("it is whole", "0\r\n\r\n")
		c.wantClosed("it was the last")
	})
}

func TestStrangeMessagesWithinAStreamAreIgnored(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.takesContent()
		s := c.streams(get, plain)
		demand := s.demand("the first")
		stray := &ReadBody{&Request{}}
		for _, message := range []any{&bytesArrived{}, &deadlinePassed{}, &actor.Terminated{},
			stray.Data([]byte("of another")), stray.End(nil), stray.Fail(errors.New("of another")),
			&handlerCrashed{exchange: 1}, &handlerStopped{exchange: 1}, demand.request.Text(200, "a second answer")} {
			c.tell(message)
		}
		c.wantIdle("none of it belongs to the stream")
		c.tell(demand.End(nil))
		c.wantOctets("the stream goes on", "0\r\n\r\n")
		c.tell(demand.Data([]byte("late")))
		c.tell(demand.End(nil))
		c.wantServes("what comes behind the end is dropped")
	})
}

// Content until close must not end with a plain close unless it is whole (RFC 9112 §8), whatever ends
// the connection.
func TestContentUntilCloseIsNeverCutInSilence(t *testing.T) {
	for name, end := range map[string]func(*loneConnection, *testSource){
		"the connection crashes": func(c *loneConnection, _ *testSource) { c.crash() },
		"it is stopped":          func(c *loneConnection, _ *testSource) { c.env.system.Root.Stop(c.pid) },
		"the client takes nothing": func(c *loneConnection, s *testSource) {
			s.give("x", strings.Repeat("x", 1<<20))
			c.k.wait(10 * time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				var below *resetSocket
				c := k.connectionOn(func(s transport.Socket) transport.Socket { below = &resetSocket{Socket: s}; return below })
				s := c.streams("GET / HTTP/1.0\r\n\r\n", plain)
				c.stall()
				s.give("a piece", "hello")
				end(c, s)
				if c.wantStopped("the connection ends"); below.resets == 0 {
					t.Error("a plain close looks like the end of the content")
				}
			})
		})
	}
}
