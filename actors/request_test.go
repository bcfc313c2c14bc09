package actors

import (
	"fmt"
	"testing"

	"github.com/asynkron/protoactor-go/actor"
)

// A Request "may be kept, forwarded to other actors and answered later".
func TestARequestMayBeKept(t *testing.T) {
	bubble(t, func(k *kit) {
		var kept []*Request
		k.serve("/{rest...}", answering(func(r *Request) *Response { kept = append(kept, r); return r.Status(204) }))
		const requests = 20
		for n := range requests {
			k.peer.send(fmt.Sprintf("POST /%03d?q=%03d HTTP/1.1\r\nHost: a\r\nX: %03d\r\nContent-Length: 3\r\n\r\n%03d", n, n, n, n))
			k.peer.want("the answer", "HTTP/1.1 204")
		}
		for n, r := range kept {
			wanted := fmt.Sprintf("%03d", n)
			for what, got := range map[string]string{
				"the method": r.Method()[4:] + wanted, "the path": r.Path()[1:], "the query": r.Query().Get("q"), "a field": r.Field("x"),
				"a param": r.Param("rest"), "the content": string(r.Body),
			} {
				if got != wanted {
					t.Errorf("request %d, long after its exchange: want %s %q, got %q", n, what, wanted, got)
				}
			}
			if r.Pattern() != "/{rest...}" || r.peerName() != "pipe" {
				t.Errorf("request %d: got the pattern %q and the peer %q", n, r.Pattern(), r.peerName())
			}
		}
		if len(kept) != requests {
			t.Errorf("want %d requests, got %d", requests, len(kept))
		}
	})
}

func TestResponsesSayWhatTheyAre(t *testing.T) {
	tests := []struct {
		name   string
		answer func(*Request) *Response
		begin  string
		want   []string
	}{
		{"text", func(r *Request) *Response { return r.Text(200, "a<b") }, "HTTP/1.1 200 OK\r\n",
			[]string{"\r\nContent-Type: text/plain; charset=utf-8\r\n", "\r\nContent-Length: 3\r\n", "\r\n\r\na<b"}},
		{"HTML", func(r *Request) *Response { return r.HTML(404, "<p>") }, "HTTP/1.1 404 Not Found\r\n",
			[]string{"\r\nContent-Type: text/html; charset=utf-8\r\n", "\r\n\r\n<p>"}},
		{"JSON", func(r *Request) *Response { return r.JSON(201, map[string]int{"a": 1}) }, "HTTP/1.1 201 Created\r\n",
			[]string{"\r\nContent-Type: application/json\r\n", "\r\n\r\n" + `{"a":1}`}},
		{"JSON that cannot be: supervision answers", func(r *Request) *Response { return r.JSON(200, func() {}) }, "HTTP/1.1 500", nil},
		{"octets", func(r *Request) *Response { return r.Bytes(200, "a/b", []byte{0, 255}) }, "HTTP/1.1 200",
			[]string{"\r\nContent-Type: a/b\r\n", "\r\n\r\n\x00\xff"}},
		{"a status alone", func(r *Request) *Response { return r.Status(204) }, "HTTP/1.1 204 No Content\r\n", nil},
		{"further fields, in order, repeated", func(r *Request) *Response { return r.Status(200).With("X", "1").With("Y", "2").With("X", "3") },
			"HTTP/1.1 200", []string{"\r\nX: 1\r\nY: 2\r\nX: 3\r\n", "\r\nContent-Length: 0\r\n"}},
		{"a date of its own", func(r *Request) *Response { return r.Status(200).With("date", "Sun, 06 Nov 1994 08:49:37 GMT") },
			"HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\nConnection: keep-alive\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/", answering(test.answer))
				k.peer.send(get)
				k.peer.want(test.name, test.begin, test.want...)
				k.peer.wantIdle("the connection persists")
			})
		})
	}
}

func TestARequestMayBeForwarded(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*Request); ok {
				if len(ctx.Children()) == 0 {
					ctx.Spawn(saying("from the child"))
				}
				ctx.Forward(ctx.Children()[0])
			}
		}))
		k.peer.send(get)
		k.peer.want("whoever has the request may answer it", "HTTP/1.1 200", "from the child")
	})
}

// The pairs of a query are divided as browsers do it: nothing is dropped silently.
func TestQueriesAsBrowsersHaveThem(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", answering(func(r *Request) *Response { return r.Text(200, r.Query().Encode()) }))
		for query, want := range map[string]string{
			"a=1;b=2&c=3": "a=1%3Bb%3D2&c=3", ";": "%3B=", "a;b": "a%3Bb=", "a=%3B": "a=%3B", "a=b=c&a=d": "a=b%3Dc&a=d",
			"a+b=%20&&=x":            "=x&a+b=+",
			"a=%zz&b=100%&%&c=%41%4": "%25=&a=%25zz&b=100%25&c=A%254", "%%41=%4%41": "%25A=%254A",
		} {
			k.peer.send(ask("GET", "/?"+query))
			k.peer.want(query, "HTTP/1.1 200", "\r\n\r\n"+want)
		}
	})
}

// The raw query is what the client sent, also where the decoded one is something else.
func TestARawQueryIsAsItWasSent(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", answering(func(r *Request) *Response { return r.Text(200, "<"+r.RawQuery()+">") }))
		for target, want := range map[string]string{
			"/": "", "/?": "", "/?b=1&a;c=%zz&&d?e": "b=1&a;c=%zz&&d?e", "http://a?x=1": "x=1",
		} {
			k.peer.send(ask("GET", target))
			k.peer.want(target, "HTTP/1.1 200", "\r\n\r\n<"+want+">")
		}
	})
}
