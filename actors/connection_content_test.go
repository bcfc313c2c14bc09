package actors

import (
	"strings"
	"testing"
	"time"
)

const (
	post    = "POST / HTTP/1.1\r\nHost: a\r\n"
	expect  = "Expect: 100-continue\r\n"
	chunked = "Transfer-Encoding: chunked\r\n"
	goAhead = "HTTP/1.1 100 Continue\r\n\r\n"
)

func TestContentThatIsThereGoesWithTheRequest(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 5\r\n\r\nhello")
		request := want[*Request](c.router, "the request")
		if !request.complete || string(request.Body) != "hello" {
			t.Errorf("the content arrived with the head, so the request has it: got %q", request.Body)
		}
		c.tell(request.Status(204))
		c.want("the answer", "HTTP/1.1 204")
		c.wantIdle("the connection persists")
	})
}

func TestContentIsCollectedOnDemand(t *testing.T) {
	tests := []struct {
		name, head string
		pieces     []string
	}{
		{"of a known length (RFC 9112 §6.3)", "Content-Length: 10\r\n", []string{"hel", "lo", " all" + "!"}},
		{"chunked (RFC 9112 §7.1)", chunked, []string{"5\r\nhello\r\n", "5;ext=1\r\n all!\r\n", "0\r\n", "\r\n"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := k.connection()
				c.takesContent()
				c.send(post + test.head + "\r\n")
				for _, piece := range test.pieces {
					c.router.wantNone("the content is not whole")
					c.wantIdle("no 100 without Expect (RFC 9110 §10.1.1)")
					c.send(piece)
				}
				request := want[*Request](c.router, "the content is whole")
				if !request.complete || string(request.Body) != "hello all!" {
					t.Errorf("got %q", request.Body)
				}
				c.tell(request.Text(200, "thanks"))
				c.want("the answer", "HTTP/1.1 200", "thanks")
				c.send(get)
				want[*Request](c.router, "the framing of the next request is right")
			})
		})
	}
}

func TestTrailersGoWithTheContent(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.takesContent()
		c.send(post + chunked + "\r\n1\r\na\r\n0\r\nDigest: x\r\n\r\n")
		request := want[*Request](c.router, "the content")
		if got := request.Trailers.Get("digest"); got != "x" {
			t.Errorf("the trailer section belongs to the request (RFC 9112 §7.1.2): got %q", got)
		}
		c.tell(request.Status(204))
		c.want("the answer", "HTTP/1.1 204")
	})
}

func TestAClientThatWaitsIsTold(t *testing.T) {
	for _, framing := range []string{"Content-Length: 5\r\n", chunked} {
		bubble(t, func(k *kit) {
			c := k.connection()
			c.takesContent()
			c.send(post + expect + framing + "\r\n")
			c.want("the client is told (RFC 9110 §10.1.1)", goAhead)
			if framing == chunked {
				c.send("5\r\nhello\r\n0\r\n\r\n")
			} else {
				c.send("hello")
			}
			request := want[*Request](c.router, "the content")
			c.tell(request.Bytes(200, "", request.Body))
			c.want("the answer", "HTTP/1.1 200", "\r\n\r\nhello")
			c.wantIdle("the connection persists, and there is no second 100")
		})
	}
}

func TestAClientThatDoesNotWaitIsNotTold(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.takesContent()
		c.send(post + expect + "Content-Length: 5\r\n\r\nhe")
		c.wantIdle("content has come, so a 100 may be left out (RFC 9110 §10.1.1)")
		c.send("llo")
		want[*Request](c.router, "the content")
	})
}

func TestUnwantedContentThatWaitsForA100EndsTheConnection(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + expect + "Content-Length: 5\r\n\r\n")
		c.tell(want[*Request](c.router, "the head").Text(404, "no"))
		c.want("a final answer instead of the 100 (RFC 9110 §10.1.1)", "HTTP/1.1 404", "\r\nConnection: close\r\n")
		c.wantClosed("the client may send the content or not: nobody can know")
	})
}

func TestContentThatIsTooLargeIs413(t *testing.T) {
	tests := []struct{ name, head, content string }{
		{"announced", "Content-Length: 11\r\n", ""},
		{"announced, and nobody is invited to send it", expect + "Content-Length: 11\r\n", ""},
		{"chunked", chunked, "b\r\nhello world\r\n0\r\n\r\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) { c.Limits.Body = 10 })
				c := k.connection()
				c.takesContent()
				c.send(post + test.head + "\r\n")
				c.send(test.content)
				c.want("more than the limit (RFC 9110 §15.5.14)", "HTTP/1.1 413 Content Too Large", "\r\nConnection: close\r\n")
				c.wantClosed("the rest is not read as a request")
				c.router.wantNone("the request never becomes whole")
			})
		})
	}
}

func TestMalformedContentIs400(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.takesContent()
		c.send(post + chunked + "\r\n")
		c.send("+5\r\nhello\r\n0\r\n\r\n")
		c.want("the chunk size has a sign", "HTTP/1.1 400", "RFC 9112 §7.1", "\r\nConnection: close\r\n")
		c.wantClosed("never resynchronise")
	})
}

func TestUnwantedContentIsDiscarded(t *testing.T) {
	tests := []struct{ name, head, content string }{
		{"of a known length", "Content-Length: 100000\r\n", strings.Repeat("x", 100000)},
		{"chunked", chunked, strings.Repeat("3e8\r\n"+strings.Repeat("x", 1000)+"\r\n", 100) + "0\r\n\r\n"},
		{"up to the limit", "Content-Length: 262144\r\n", strings.Repeat("x", discardLimit)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := k.connection()
				c.send(post + test.head + "\r\n")
				c.tell(want[*Request](c.router, "the head").Text(404, "no"))
				c.want("the answer does not wait for content that nobody wants", "HTTP/1.1 404")
				k.wait(6 * time.Second)
				c.wantIdle("content on its way is no idleness")
				c.send(test.content + get)
				want[*Request](c.router, "the connection goes on behind the content")
				c.wantIdle("nothing else was said")
			})
		})
	}
}

func TestUnwantedContentThatIsTooMuchEndsTheConnection(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 262145\r\n\r\n")
		c.tell(want[*Request](c.router, "the head").Text(404, "no"))
		c.want("its announced length is over the limit", "HTTP/1.1 404", "\r\nConnection: close\r\n")
		c.wantClosed("it is not worth reading")
	})
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + chunked + "\r\n")
		c.tell(want[*Request](c.router, "the head").Text(404, "no"))
		c.want("how much will come is not known", "HTTP/1.1 404")
		c.send(strings.Repeat("3e8\r\n"+strings.Repeat("x", 1000)+"\r\n", discardLimit/1000+17))
		c.wantClosed("more came than is discarded")
		c.end()
		k.wait(lingerTimeout)
		c.wantStopped("both sides are closed")
	})
}

func TestUnwantedContentThatNeverComes(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 5\r\n\r\nhe")
		c.tell(want[*Request](c.router, "the head").Text(404, "no"))
		c.want("the answer", "HTTP/1.1 404")
		k.wait(10*time.Second - 1)
		c.wantIdle("the content may be silent for the body timeout")
		k.wait(1)
		c.wantClosed("it was answered already, so nothing is said")
		c.wantStopped("the connection ends")
	})
}

func TestTheClientIsGoneWithinContent(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.takesContent()
		c.send(post + "Content-Length: 5\r\n\r\nhe")
		c.end()
		c.wantClosed("what is not whole is not answered (RFC 9112 §8)")
		c.wantStopped("the connection ends")
		c.router.wantNone("half a content never reaches a handler")
	})
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 5\r\n\r\nhe")
		c.tell(want[*Request](c.router, "the head").Text(404, "no"))
		c.want("the answer", "HTTP/1.1 404")
		c.end()
		c.wantClosed("nothing more is said")
		c.wantStopped("the connection ends")
	})
}
