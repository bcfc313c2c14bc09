package actors

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

func TestAStreamIsChunked(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams(get, plain, "\r\nTransfer-Encoding: chunked\r\n", "\r\nDate: ")
		c.wantIdle("nothing but the head yet")
		s.give("one demand at a time", "hello")
		c.wantOctets("each piece leaves at once, as a chunk (RFC 9112 §7.1)", "5\r\nhello\r\n")
		s.give("the piece has left, so the next is asked for", "")
		c.wantIdle("an empty piece is not the end: a chunk of size 0 would be (RFC 9112 §7.1)")
		s.give("an empty piece is a piece", "0123456789")
		c.wantOctets("the second chunk", "a\r\n0123456789\r\n")
		last := s.demand("the next is asked for").End(Fields{{Name: "Digest", Value: "x"}})
		last.Bytes = []byte("!")
		c.tell(last)
		c.wantOctets("the end, its piece and its trailers (RFC 9112 §7.1.2)", "1\r\n!\r\n0\r\nDigest: x\r\n\r\n")
		s.wantStops("a source is stopped after its end", 1)
		s.wantNoDemand("there is no more to ask for")
		if k.log.count("INFO exchange", "status=200") != 1 {
			t.Errorf("a stream is one exchange in the log, got %q", k.log.written())
		}
		c.wantServes("the connection persists")
	})
}

func TestAStreamOfKnownLength(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams(get, ofLength(8), "\r\nContent-Length: 8\r\n")
		s.give("the first", "hello")
		s.give("the second", " you")
		c.in = nil
		c.wantClosed("one octet more than announced: the client must not take it for its end")
		s.wantStops("its source ends", 1)
	})
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams(get, ofLength(8), "\r\nContent-Length: 8\r\n")
		s.give("the first", "hello")
		s.give("the second", "you")
		c.tell(s.demand("the end is asked for").End(Fields{{Name: "Digest", Value: "x"}}))
		c.wantOctets("as it is, and no trailers, for which there is no place (RFC 9110 §6.5)", "helloyou")
		c.wantServes("the connection persists")
	})
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams(get, ofLength(0), "\r\nContent-Length: 0\r\n")
		s.end("the end is asked for")
		c.wantServes("none is a length too")
	})
}

func TestAStreamTo10(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", plain, "\r\nConnection: close\r\n")
		s.give("a piece", "hello")
		c.tell(s.demand("the end is asked for").End(Fields{{Name: "Digest", Value: "x"}}))
		c.wantOctets("1.0 knows no chunks: the content ends with the connection (RFC 9112 §6.3)", "hello")
		c.wantClosed("that is its end")
	})
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", ofLength(5), "\r\nConnection: keep-alive\r\n", "\r\nContent-Length: 5\r\n")
		s.give("a piece", "hello")
		s.end("the end is asked for")
		c.wantOctets("of a known length", "hello")
		c.wantServes("the connection persists, as the client asked (RFC 9112 §9.3)")
	})
}

func TestAStreamWithoutContentAsksForNone(t *testing.T) {
	tests := []struct {
		name, head, begin, has, hasNot string
		answer                         func(*Request, *actor.Props) *Response
	}{
		{"HEAD, chunked as GET would be (RFC 9110 §9.3.2)", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200", "\r\nTransfer-Encoding: chunked\r\n", "Content-Length", plain},
		{"HEAD, with the length that GET would have", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200", "\r\nContent-Length: 9\r\n", "Transfer-Encoding", ofLength(9)},
		{"204 (RFC 9110 §15.3.5)", get, "HTTP/1.1 204", "", "Transfer-Encoding", func(r *Request, p *actor.Props) *Response { return r.Stream(204, nil, p) }},
		{"304 (RFC 9110 §15.4.5)", get, "HTTP/1.1 304", "", "Transfer-Encoding", func(r *Request, p *actor.Props) *Response { return r.Stream(304, nil, p).WithLength(7) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := k.connection()
				s := c.source()
				c.send(test.head)
				c.tell(test.answer(want[*Request](c.router, "the request"), s.props()))
				if head := c.wantHead("the head", test.begin, test.has); strings.Contains(head, test.hasNot) {
					t.Errorf("no %s: got %q", test.hasNot, head)
				}
				c.wantServes("the next response follows the head at once")
				s.wantNoDemand("nobody needs the content, so none is asked for")
				s.wantStops("a source that was made may hold a file open, and is stopped", s.starts)
			})
		})
	}
}

func TestAStreamThatHTTPForbidsIs500(t *testing.T) {
	for why, answer := range map[string]func(*Request, *actor.Props) *Response{
		"CR in a field value (RFC 9110 §5.5)":   func(r *Request, p *actor.Props) *Response { return plain(r, p).With("X", "a\rb") },
		"205 has no content (RFC 9110 §15.3.6)": func(r *Request, p *actor.Props) *Response { return r.Stream(205, nil, p) },
		"a length below 0":                      ofLength(-7),
		"a framing of its own (RFC 9112 §6)":    func(r *Request, p *actor.Props) *Response { return plain(r, p).With("Content-Length", "7") },
	} {
		bubble(t, func(k *kit) {
			c := k.connection()
			s := c.source()
			c.send(get)
			c.tell(answer(want[*Request](c.router, "the request"), s.props()))
			c.want(why, "HTTP/1.1 500")
			c.wantClosed("a misuse closes")
			s.wantStops("a source that nobody asks may hold a file open, and is made and stopped", 1)
		})
	}
}

func TestASilentSourceIsNotTimedOut(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams(get, plain)
		for range 3 {
			k.wait(time.Hour)
			c.wantIdle("a stream may be silent for as long as it likes")
			s.give("still asked for", "x")
			c.wantOctets("at last", "1\r\nx\r\n")
		}
		k.wait(time.Hour)
		s.end("still asked for")
		c.wantOctets("the end", "0\r\n\r\n")
		c.wantServes("the connection persists")
	})
}

func TestTheSourceEndsWithTheClient(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams(get, plain)
		c.conn.Close()
		s.give("nobody knows yet", "to nobody")
		c.wantStopped("the piece cannot be written")
		s.wantStops("nobody needs it any more", 1)
	})
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams(get, plain)
		c.stall()
		s.give("the client still takes this", "x")
		s.give("but not this", strings.Repeat("x", 1<<20))
		s.wantNoDemand("a client that takes nothing slows its source: nothing is asked for")
		k.wait(10 * time.Second)
		c.wantStopped("the client took nothing for the write timeout")
		s.wantStops("nobody needs it any more", 1)
	})
}

func TestASlowClientHoldsOnlyItsOwnExchange(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/hello", answering(func(r *Request) *Response { return r.Text(200, "hello") }))
		k.serve("/stream", actor.PropsFromFunc(func(ctx actor.Context) {
			if request, ok := ctx.Message().(*Request); ok {
				ctx.Respond(request.Stream(200, nil, pieces(20)))
			}
		}))
		slow := make([]*peer, 20)
		for i := range slow {
			slow[i] = k.dial()
			slow[i].stall()
			slow[i].send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
		}
		k.wait(100 * time.Millisecond) // all are held up in a write
		other := k.dial()
		for i := range 50 {
			other.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
			k.wait(5 * time.Millisecond) // a worker that waits is replaced within some ticks
			other.want(fmt.Sprint("nobody else waits: request ", i), "HTTP/1.1 200", "hello")
		}
	})
}

func TestPipelinedRequestsBehindAStream(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		first := c.streams(get+get+get, plain)
		c.router.wantNone("the next request waits for the end of the stream")
		first.give("the first", "1")
		first.end("the first")
		k.wait(burstPause)
		c.wantOctets("the first is whole, and its end waits no longer than the burst pause", "1\r\n1\r\n0\r\n\r\n")
		second := c.source()
		c.tell(plain(want[*Request](c.router, "the second"), second.props()))
		c.wantHead("a second stream on the same connection", "HTTP/1.1 200")
		second.end("the second")
		k.wait(burstPause)
		c.wantOctets("the second is whole", "0\r\n\r\n")
		c.tell(want[*Request](c.router, "the third").Text(200, "3"))
		c.want("it was answered", "HTTP/1.1 200", "\r\n\r\n3")
	})
}

func TestBothWaysAtOnce(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + chunked + "\r\n")
		h, s := c.consumer("the head"), c.source()
		c.tell(plain(h.request, s.props()))
		c.wantHead("the response begins before the content has come", "HTTP/1.1 200")
		for _, piece := range []string{"hello", "again"} {
			h.ask()
			h.wantNone("nothing has arrived")
			s.give("the response does not wait for the request", "up")
			c.wantOctets("it leaves at once", "2\r\nup\r\n")
			c.send("5\r\n" + piece + "\r\n")
			h.wantPiece("nor the request for the response", piece, false)
		}
		k.wait(time.Hour)
		h.ask()
		c.send("0\r\nDigest: x\r\n\r\n")
		if read := h.wantPiece("the end", "", true); read.Trailers.Get("Digest") != "x" {
			t.Errorf("its trailers come with it: got %v", read.Trailers)
		}
		s.end("the response is still open")
		c.wantOctets("the end of the other way", "0\r\n\r\n")
		c.wantServes("the connection persists")
	})
}

func TestContentLeftBehindAStream(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 5\r\n\r\n")
		h, s := c.consumer("the head"), c.source()
		c.tell(plain(h.request, s.props()))
		c.wantHead("the response has begun", "HTTP/1.1 200")
		h.ask()
		s.end("the response ends first")
		c.wantOctets("it is whole", "0\r\n\r\n")
		h.wantErr("the exchange is over", ErrExchangeOver)
		c.send("hello")
		c.wantServes("what was left was passed over")
	})
}
