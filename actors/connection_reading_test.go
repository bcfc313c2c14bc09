package actors

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
	"github.com/troupe-go/troupe/wire"
)

func TestContentIsPulledPieceByPiece(t *testing.T) {
	type step struct {
		octets, piece string // an empty octets: the piece is there already
		end           bool
	}
	tests := []struct {
		name, head string
		steps      []step
		trailer    string
	}{
		{"of a known length (RFC 9112 §6.3)", "Content-Length: 10\r\n",
			[]step{{"hel", "hel", false}, {"lo", "lo", false}, {" all!", " all!", true}}, ""},
		{"chunked, with trailers (RFC 9112 §7.1)", chunked,
			[]step{{"5\r\nhello\r\n", "hello", false}, {"5;ext=1\r\n al", " al", false}, {"l!\r\n0\r\nDigest: x\r\n\r\n", "l!", true}}, "x"},
		{"chunked, the end alone", chunked, []step{{"1\r\na\r\n", "a", false}, {"0\r\n\r\n", "", true}}, ""},
		{"two chunks at once are one piece", chunked, []step{{"1\r\na\r\n2\r\nbc\r\n", "abc", false}, {"0\r\n\r\n", "", true}}, ""},
		{"chunked and empty", chunked, []step{{"0\r\n\r\n", "", true}}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := k.connection()
				c.send(post + test.head + "\r\n")
				h := c.consumer("the head is there")
				for i, step := range test.steps {
					h.ask()
					h.wantNone("nothing of the piece has arrived")
					c.send(step.octets)
					read := h.wantPiece("what arrived is a piece", step.piece, step.end)
					if got := read.Trailers.Get("Digest"); (got != "") != (test.trailer != "" && step.end) {
						t.Errorf("step %d: trailers come with the last piece, and only there: got %q", i, got)
					}
				}
				h.ask()
				h.wantPiece("behind the end there is nothing, again and again", "", true)
				c.wantIdle("no 100 without Expect (RFC 9110 §10.1.1)")
				c.tell(h.request.Text(200, "thanks"))
				c.want("the answer", "HTTP/1.1 200", "thanks")
				c.wantServes("the framing of the next request is right")
			})
		})
	}
}

func TestContentThatIsThereIsPulledAlike(t *testing.T) {
	for head, piece := range map[string]string{
		get: "", post + "Content-Length: 0\r\n\r\n": "", post + "Content-Length: 5\r\n\r\nhello": "hello",
		post + chunked + "\r\n5\r\nhello\r\n0\r\n\r\n": "hello",
	} {
		bubble(t, func(k *kit) {
			c := k.connection()
			c.send(head + get)
			h := c.consumer("the request")
			h.ask()
			h.wantPiece("what came with the head is the first piece, and the last", piece, true)
			h.ask()
			h.wantPiece("and comes once", "", true)
			c.tell(h.request.Status(204))
			c.tell(want[*Request](c.router, "the next request is not content").Status(200))
			c.want("the answer", "HTTP/1.1 204")
			c.want("the answer to the next", "HTTP/1.1 200")
		})
	}
}

func TestContentPulledIsTheReadersToKeep(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 6\r\n\r\n")
		h := c.consumer("the head")
		var pieces []*BodyRead
		for _, octets := range []string{"aa", "bb", "cc"} {
			h.ask()
			c.send(octets)
			pieces = append(pieces, h.wantPiece("a piece", octets, octets == "cc"))
		}
		if got := string(pieces[0].Bytes) + string(pieces[1].Bytes) + string(pieces[2].Bytes); got != "aabbcc" {
			t.Errorf("a piece does not change when the next is read: got %q", got)
		}
	})
}

func TestAClientThatWaitsIsToldAtTheFirstRead(t *testing.T) {
	for _, framing := range []string{"Content-Length: 5\r\n", chunked} {
		bubble(t, func(k *kit) {
			c := k.connection()
			c.send(post + expect + framing + "\r\n")
			h := c.consumer("the head")
			k.wait(time.Second)
			c.wantIdle("nobody knows yet whether the content is wanted")
			h.ask()
			c.want("it is wanted now (RFC 9110 §10.1.1)", goAhead)
			if framing == chunked {
				c.send("2\r\nhe\r\n")
			} else {
				c.send("he")
			}
			h.wantPiece("the first piece", "he", false)
			h.ask()
			c.wantIdle("there is one 100, at the first read")
			c.tell(h.request.Text(200, "enough"))
			h.wantErr("the response ends the exchange", ErrExchangeOver)
			c.want("the answer", "HTTP/1.1 200", "enough")
		})
	}
}

func TestAResponseThatHasBegunIsNoTimeForA100(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + expect + "Content-Length: 5\r\n\r\n")
		h, s := c.consumer("the head"), c.source()
		c.tell(h.request.Stream(200, nil, s.props()))
		c.wantHead("the response has begun", "HTTP/1.1 200")
		h.ask()
		c.wantIdle("a 100 comes before the final response or not at all (RFC 9110 §15.2)")
		c.send("hello")
		h.wantPiece("the client may send all the same (RFC 9110 §10.1.1)", "hello", true)
	})
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + expect + "Content-Length: 5\r\n\r\nh")
		h := c.consumer("the head")
		h.ask()
		h.wantPiece("it had arrived", "h", false)
		h.ask()
		c.wantIdle("content has come, so a 100 may be left out (RFC 9110 §10.1.1)")
	})
}

func TestTheSocketIsReadOnDemandOnly(t *testing.T) {
	bubble(t, func(k *kit) {
		var s *countingSocket
		c := k.connectionOn(func(below transport.Socket) transport.Socket { s = &countingSocket{Socket: below}; return s })
		const size = 1 << 20
		c.send(post + fmt.Sprintf("Content-Length: %d\r\n\r\n", size))
		h := c.consumer("the head")
		c.send(strings.Repeat("x", size))
		before := *s
		k.wait(time.Second)
		if s.takes != before.takes {
			t.Errorf("nobody asked, so what the client sends stays in the socket: taken %d octets", s.octets-before.octets)
		}
		for got := 0; got < size; {
			taken := s.takes
			h.ask()
			read := want[*BodyRead](h.probe, "there is more")
			got += len(read.Bytes)
			k.wait(time.Second)
			if s.takes != taken+1 || s.octets-before.octets != got || len(read.Bytes) > 64<<10 {
				t.Fatalf("one demand is one read of the socket: %d takes, %d octets for a piece of %d", s.takes-taken, s.octets, len(read.Bytes))
			}
			if read.End != (got == size) {
				t.Fatalf("the end is with the last piece: at %d octets it is %v", got, read.End)
			}
		}
	})
}

func TestOneReadIsOutstandingAtMost(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 5\r\n\r\n")
		h := c.consumer("the head")
		h.ask()
		h.ask()
		h.wantErr("the second is refused at once", ErrExchangeOver)
		c.send("hello")
		h.wantPiece("the first gets its piece", "hello", true)
		h.wantNone("each has one answer")
	})
}

func TestAReadOfAnotherExchangeIsRefused(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 5\r\n\r\nhello" + post + "Content-Length: 3\r\n\r\n")
		first := c.consumer("the first")
		c.tell(first.request.Status(204))
		second := c.consumer("the second")
		first.ask()
		first.wantErr("its exchange is over, and the content of another is nobody else's", ErrExchangeOver)
		second.ask()
		c.send("bye")
		second.wantPiece("the exchange in flight", "bye", true)
		c.tell(&ReadBody{})
		c.tell(&ReadBody{second.request})
		second.do(func(ctx actor.Context) { ctx.Request(c.pid, &ReadBody{}) })
		if read := want[*BodyRead](second.probe, "a demand for no request is refused"); read.Err != ErrExchangeOver {
			t.Errorf("want ErrExchangeOver, got %+v", read)
		}
	})
}

func TestAnAnswerBeforeTheEndOfContent(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 100000\r\n\r\nab")
		h := c.consumer("the head")
		h.ask()
		h.wantPiece("a part", "ab", false)
		h.ask()
		c.tell(h.request.Text(200, "enough"))
		h.wantErr("the exchange is over for its reader", ErrExchangeOver)
		c.want("the answer does not wait for content that nobody wants", "HTTP/1.1 200", "enough")
		c.send(strings.Repeat("x", 99998))
		c.wantServes("the rest was passed over")
	})
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + chunked + "\r\n2\r\nab\r\n")
		h := c.consumer("the head")
		h.ask()
		h.wantPiece("a part", "ab", false)
		c.tell(h.request.Text(200, "enough"))
		c.want("the answer", "HTTP/1.1 200", "enough")
		c.send(strings.Repeat("3e8\r\n"+strings.Repeat("x", 1000)+"\r\n", discardLimit/1000+17))
		c.wantClosed("more came than is passed over")
		c.end()
		k.wait(lingerTimeout)
		c.wantStopped("both sides are closed")
	})
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 1000000\r\n\r\n")
		c.tell(c.consumer("the head").request.Text(200, "no thanks"))
		c.want("its length is over what is passed over", "HTTP/1.1 200", "\r\nConnection: close\r\n")
		c.wantClosed("it is not worth reading")
	})
}

func TestTheRouteLimitsContent(t *testing.T) {
	tests := []struct {
		name, head, content, status string
		options                     []any
	}{
		{"StreamBody has no limit", "Content-Length: 50\r\n", strings.Repeat("x", 50), "HTTP/1.1 200", []any{StreamBody()}},
		{"nor when chunked", chunked, "32\r\n" + strings.Repeat("x", 50) + "\r\n0\r\n\r\n", "HTTP/1.1 200", []any{StreamBody()}},
		{"exactly MaxBody", "Content-Length: 20\r\n", strings.Repeat("x", 20), "HTTP/1.1 200", []any{StreamBody(), MaxBody(20)}},
		{"one over MaxBody", "Content-Length: 21\r\n", "", "HTTP/1.1 413", []any{StreamBody(), MaxBody(20)}},
		{"one over, and nobody is invited to send it", expect + "Content-Length: 21\r\n", "", "HTTP/1.1 413", []any{StreamBody(), MaxBody(20)}},
		{"one over MaxBody when chunked", chunked, "14\r\n" + strings.Repeat("x", 20) + "\r\n1\r\n", "HTTP/1.1 413", []any{StreamBody(), MaxBody(20)}},
		{"MaxBody for a body that is collected", "Content-Length: 21\r\n", "", "HTTP/1.1 413", []any{MaxBody(20)}},
		{"MaxBody may be more than the server's limit", "Content-Length: 15\r\n", strings.Repeat("x", 15), "HTTP/1.1 200", []any{MaxBody(20)}},
		{"below 0 none is allowed", "Content-Length: 1\r\n", "", "HTTP/1.1 413", []any{StreamBody(), MaxBody(-1)}},
		{"the server's limit otherwise", "Content-Length: 11\r\n", "", "HTTP/1.1 413", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) { c.Limits.Body = 10 })
				k.serve("/", actor.PropsFromFunc(pullAll), test.options...)
				k.peer.send(post + test.head + "\r\n")
				k.peer.send(test.content)
				k.peer.want(test.name+" (RFC 9110 §15.5.14)", test.status)
				if test.status == "HTTP/1.1 413" {
					k.peer.wantClosed("the rest is not read as a request")
				}
			})
		})
	}
}

func TestMalformedContentWithinAReadIs400(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + chunked + "\r\n2\r\nab\r\n")
		h := c.consumer("the head")
		h.ask()
		h.wantPiece("what came before is sound", "ab", false)
		h.ask()
		c.send("+5\r\nhello\r\n0\r\n\r\n")
		var broken *wire.ProtocolError
		if read := want[*BodyRead](h.probe, "the reader is told"); !errors.As(read.Err, &broken) || broken.Section != "RFC 9112 §7.1" || read.End {
			t.Errorf("the reader is told which rule was broken, got %+v", read)
		}
		c.want("nothing was sent yet, so the rule is named", "HTTP/1.1 400", "RFC 9112 §7.1", "\r\nConnection: close\r\n")
		c.wantClosed("never resynchronise (RFC 9112 §2.2)")
		c.tell(h.request.Text(200, "late"))
		c.wantClosed("the handler's own answer is dropped")
	})
}

func TestMalformedContentBreaksAResponseOff(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + chunked + "\r\n2\r\nab\r\n")
		h, s := c.consumer("the head"), c.source()
		c.tell(h.request.Stream(200, nil, s.props()))
		c.wantHead("the response has begun", "HTTP/1.1 200")
		h.ask()
		h.wantPiece("what came before is sound", "ab", false)
		h.ask()
		c.send("+5\r\n")
		if read := want[*BodyRead](h.probe, "the reader is told"); read.Err == nil {
			t.Errorf("want the rule that was broken, got %+v", read)
		}
		c.wantClosed("no last chunk: the response is visibly incomplete (RFC 9112 §8)")
		c.wantStopped("the connection ends")
		s.wantStops("its source ends with it", 1)
	})
}

func TestTheClientIsGoneWithinARead(t *testing.T) {
	for _, framing := range []string{"Content-Length: 5\r\n\r\nhe", chunked + "\r\n2\r\nhe\r\n"} {
		bubble(t, func(k *kit) {
			c := k.connection()
			c.send(post + framing)
			h := c.consumer("the head")
			h.ask()
			h.wantPiece("what arrived", "he", false)
			h.ask()
			c.end()
			h.wantErr("the content is not whole, and the reader has to know (RFC 9112 §8)", io.ErrUnexpectedEOF)
			c.wantClosed("what is not whole is not answered")
			c.wantStopped("the connection ends")
		})
	}
}

func TestSilenceWithinARead(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 9\r\n\r\n")
		h := c.consumer("the head")
		for range 3 {
			h.ask()
			k.wait(9 * time.Second)
			c.send("a")
			h.wantPiece("the content may be silent for the body timeout, again and again", "a", false)
			k.wait(29 * time.Second)
			c.wantIdle("between the pieces it is the handler's turn")
		}
		h.ask()
		k.wait(10*time.Second - 1)
		c.wantIdle("the body timeout is not over")
		k.wait(1)
		h.wantErr("the reader is told", os.ErrDeadlineExceeded)
		c.want("silence in the content (RFC 9110 §15.5.9)", "HTTP/1.1 408 Request Timeout", "\r\nConnection: close\r\n")
		c.wantClosed("a 408 closes")
	})
}

func TestAHandlerThatDoesNotReadOnIs504(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 9\r\n\r\na")
		h := c.consumer("the head")
		h.ask()
		h.wantPiece("a part", "a", false)
		k.wait(30*time.Second - 1)
		c.wantIdle("the handler may take its time")
		k.wait(1)
		c.want("its time is over", "HTTP/1.1 504", "\r\nConnection: close\r\n")
		c.wantClosed("its answer could still come")
	})
}
