package actors

import (
	"strings"
	"testing"
	"time"
)

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

func TestAConnectionPersists(t *testing.T) {
	tests := []struct{ name, head, connection string }{
		{"1.1 persists (RFC 9112 §9.3)", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "keep-alive"},
		{"1.0 persists if it asks to, and is told so (RFC 9112 §9.3)", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := k.connection()
				for range 3 {
					c.send(test.head)
					request := want[*Request](c.router, "each request goes to the router")
					c.tell(request.Text(200, "hello"))
					response := c.want("it was answered", "HTTP/1.1 200 OK\r\n", "\r\nContent-Length: 5\r\n", "\r\n\r\nhello",
						"\r\nContent-Type: text/plain; charset=utf-8\r\n", "\r\nDate: Sat, 01 Jan 2000 00:00:00 GMT\r\n")
					wantConnectionOption(t, response, test.connection)
					if !strings.Contains(response, "\r\nKeep-Alive: timeout=5\r\n") {
						t.Errorf("want it told for how long, got %q", response)
					}
					c.wantIdle("the connection persists")
				}
			})
		})
	}
}

func TestAConnectionCloses(t *testing.T) {
	tests := []struct{ name, head string }{
		{"1.0 does not persist (RFC 9112 §9.3)", "GET / HTTP/1.0\r\n\r\n"},
		{"close is heard (RFC 9112 §9.6)", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"},
		{"close wins over keep-alive (RFC 9112 §9.3)", "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := k.connection()
				c.send(test.head)
				request := want[*Request](c.router, "the request goes to the router")
				c.tell(request.Text(200, ""))
				wantConnectionOption(t, c.want("it was answered", "HTTP/1.1 200 OK\r\n"), "close")
				c.wantClosed("the connection does not persist")
				c.send(get)
				c.router.wantNone("nothing is read as a request after a close (RFC 9112 §9.6)")
			})
		})
	}
}

func TestAHandlerMayClose(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get + get)
		c.tell(want[*Request](c.router, "the first").Text(200, "bye").Close())
		wantConnectionOption(t, c.want("the handler's answer", "HTTP/1.1 200 OK"), "close")
		c.wantClosed("the handler closed")
		c.router.wantNone("the pipelined request is not processed after the close (RFC 9112 §9.6)")
	})
}

func wantConnectionOption(t *testing.T, response, option string) {
	t.Helper()
	_, after, found := strings.Cut(response, "\r\nConnection: ")
	got, _, _ := strings.Cut(after, "\r\n")
	if found != (option != "") || got != option {
		t.Errorf("want the connection option %q, got %q in %q", option, got, response)
	}
}

func TestPipelinedRequestsAreAnsweredInOrder(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n")
		for range 3 {
			request := want[*Request](c.router, "one exchange at a time")
			c.router.wantNone("the next request waits for the response to this one")
			c.tell(request.Text(200, request.Path()))
		}
		for _, path := range []string{"/1", "/2", "/3"} {
			c.want("responses come in the order of the requests (RFC 9112 §9.3.2)", "HTTP/1.1 200", "\r\n\r\n"+path)
		}
		c.wantWrites("the responses of one burst leave in one write", 1)
		c.wantIdle("all are answered")
	})
}

func TestASlowResponseDoesNotHoldBackTheOneBefore(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get + get + get)
		c.tell(want[*Request](c.router, "the first").Text(200, "1"))
		c.wantIdle("the response waits a little for the next of its burst")
		k.wait(burstPause / 2)
		c.tell(want[*Request](c.router, "the second").Text(200, "2"))
		k.wait(burstPause/2 - 1)
		c.wantIdle("the burst pause is not over")
		k.wait(1)
		c.want("the burst pause counts from the response that was held back first", "HTTP/1.1 200", "\r\n\r\n1")
		c.want("the second left with it", "HTTP/1.1 200", "\r\n\r\n2")
		c.wantWrites("both left in one write", 1)
		k.wait(time.Second)
		c.tell(want[*Request](c.router, "the third").Text(200, "3"))
		c.want("nothing follows the third, so it leaves at once", "HTTP/1.1 200", "\r\n\r\n3")
		c.wantWrites("the last left alone", 1)
	})
}

func TestEachBurstHasItsPause(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get + get)
		c.tell(want[*Request](c.router, "the first").Text(200, "1"))
		k.wait(burstPause - 1)
		c.tell(want[*Request](c.router, "the second").Text(200, "2"))
		c.want("the first burst is over", "HTTP/1.1 200", "1")
		c.want("the first burst is over", "HTTP/1.1 200", "2")
		c.send(get + get)
		c.tell(want[*Request](c.router, "the third").Text(200, "3"))
		k.wait(burstPause - 1)
		c.wantIdle("the pause of the first burst has nothing to do with the second")
		k.wait(1)
		c.want("the second burst has a pause of its own", "HTTP/1.1 200", "3")
	})
}

func TestALargeResponseLeavesInPieces(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(get)
		content := strings.Repeat("0123456789abcdef", 5*outputFull/16)
		c.tell(want[*Request](c.router, "the request").Text(200, content))
		c.want("the content is whole", "HTTP/1.1 200", "\r\nContent-Length: 163840\r\n", "\r\n\r\n"+content)
		if n := c.server.Writes.Load(); n < 5 {
			t.Errorf("want no more than about outputFull octets in a write, got %d writes", n)
		}
		c.wantIdle("the connection persists")
	})
}

func TestARequestArrivesInAnyCut(t *testing.T) {
	const whole = "POST /p?q=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
	for cut := 1; cut < len(whole); cut++ {
		bubble(t, func(k *kit) {
			c := k.connection()
			c.takesContent()
			c.send(whole[:cut])
			c.wantIdle("the request is not whole")
			k.wait(time.Second)
			c.send(whole[cut:])
			request := want[*Request](c.router, "the content is there")
			if request.Path() != "/p" || string(request.Body) != "abc" || request.Query().Get("q") != "1" {
				t.Errorf("cut after %d octets: got %s %q", cut, request.Path(), request.Body)
			}
			c.tell(request.Status(204))
			c.want("it was answered", "HTTP/1.1 204 No Content\r\n")
		})
	}
}

func TestAnswersToHEADHaveNoContent(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + get)
		c.tell(want[*Request](c.router, "HEAD").Text(200, "hello"))
		c.tell(want[*Request](c.router, "GET").Text(200, "hello"))
		c.wantHead("the length is announced as for GET (RFC 9110 §9.3.2)", "HTTP/1.1 200", "\r\nContent-Length: 5\r\n")
		c.want("the next response follows the head at once", "HTTP/1.1 200", "\r\n\r\nhello")
	})
}

func TestAMalformedRequestIsRejected(t *testing.T) {
	tests := []struct{ name, octets, status, section string }{
		{"no Host", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request", "RFC 9112 §3.2"},
		{"two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 400", "RFC 9112 §6.3"},
		{"the future", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "HTTP/1.1 505", "RFC 9110 §15.6.6"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := k.connection()
				c.send(get + test.octets + get)
				c.tell(want[*Request](c.router, "the request before it is sound").Text(200, "sound"))
				c.want("what came before is answered", "HTTP/1.1 200")
				c.want("the rule is named", test.status, test.section, "\r\nConnection: close\r\n")
				c.wantClosed("the connection never resynchronises (RFC 9112 §2.2)")
				c.router.wantNone("what follows is never read")
				if k.log.count("request rejected", "actor=listener/connection$1", test.section) != 1 {
					t.Errorf("want one line in the log that names the rule, got %q", k.log.written())
				}
			})
		})
	}
}

func TestAResponseThatHTTPForbidsIs500(t *testing.T) {
	tests := []struct {
		name   string
		answer func(*Request) *Response
	}{
		{"CR in a field value (RFC 9110 §5.5)", func(r *Request) *Response { return r.Text(200, "").With("X", "a\r\nSet-Cookie: b") }},
		{"a space in a field name (RFC 9110 §5.1)", func(r *Request) *Response { return r.Text(200, "").With("X Y", "a") }},
		{"204 with content (RFC 9110 §15.3.5)", func(r *Request) *Response { return r.Text(204, "content") }},
		{"304 with content type is fine, with a framing of its own not", func(r *Request) *Response { return r.Status(200).With("Content-Length", "7") }},
		{"100 is not final (RFC 9110 §15.2)", func(r *Request) *Response { return r.Status(100) }},
		{"101 is not final (RFC 9110 §15.2)", func(r *Request) *Response { return r.Status(101) }},
		{"status 0 (RFC 9110 §15)", func(r *Request) *Response { return r.Status(0) }},
		{"status 700 (RFC 9110 §15)", func(r *Request) *Response { return r.Status(700) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := k.connection()
				c.send(get)
				c.tell(test.answer(want[*Request](c.router, "the request")))
				response := c.want("the handler's mistake", "HTTP/1.1 500 Internal Server Error", "\r\nConnection: close\r\n")
				if strings.Contains(response, "Set-Cookie") {
					t.Errorf("nothing of the refused response may leave, got %q", response)
				}
				c.wantClosed("a misuse closes")
				if k.log.count("ERROR response refused", "actor=listener/connection$1") != 1 {
					t.Errorf("the mistake belongs in the log, got %q", k.log.written())
				}
			})
		})
	}
}

// The server promises only whole seconds.
func TestKeepAliveSaysTheIdleTimeout(t *testing.T) {
	for timeout, want := range map[time.Duration]string{
		time.Minute: "\r\nKeep-Alive: timeout=60\r\n", 2500 * time.Millisecond: "\r\nKeep-Alive: timeout=2\r\n",
		999 * time.Millisecond: "", -1: "",
	} {
		bubble(t, func(k *kit) {
			k.configure(func(c *Config) { c.IdleTimeout = timeout })
			k.serve("/", saying("hello"))
			k.peer.send(get)
			response := k.peer.want("it persists", "HTTP/1.1 200", want)
			if want == "" && strings.Contains(response, "eep-") {
				t.Errorf("%v: got %q", timeout, response)
			}
			k.peer.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
			if response := k.peer.want("it closes", "HTTP/1.1 200", "\r\nConnection: close\r\n"); strings.Contains(response, "Keep-Alive") {
				t.Errorf("%v: got %q", timeout, response)
			}
		})
	}
}
