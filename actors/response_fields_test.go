package actors

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// With adds to one response, whatever slice its fields came from.
func TestResponsesOnOneSliceOfFields(t *testing.T) {
	bubble(t, func(k *kit) {
		common := append(make(Fields, 0, 8), Field{Name: "X-Common", Value: "1"})
		k.serve("/", answering(func(r *Request) *Response {
			mine, other := r.Text(200, ""), r.Stream(200, common, pieces(0))
			mine.Fields = common
			mine.With("X-Mine", "2").With("X-Mine", "3")
			other.With("X-Other", "4").With("X-Other", "5")
			if r.Field("Other") != "" {
				return other.WithLength(0)
			}
			return mine
		}))
		for field, want := range map[string]string{"": "\r\nX-Common: 1\r\nX-Mine: 2\r\nX-Mine: 3\r\n\r\n",
			"Other: 1\r\n": "\r\nX-Common: 1\r\nX-Other: 4\r\nX-Other: 5\r\n\r\n"} {
			k.peer.send("GET / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n")
			k.peer.want("each has its own", "HTTP/1.1 200", want)
		}
		if len(common) != 1 || common[:2][1] != (Field{}) {
			t.Errorf("want the slice as it was, got %v", common[:2])
		}
	})
}

// A field that a message may have only once is sent once, with its last value (RFC 9110 §5.3).
func TestASingletonReplaces(t *testing.T) {
	literal := func(fields ...Field) func(*Request) *Response {
		return func(r *Request) *Response { response := r.Status(200); response.Fields = fields; return response }
	}
	tests := []struct {
		name   string
		answer func(*Request) *Response
		field  string
		values []string
	}{
		{"With", func(r *Request) *Response { return r.Status(302).With("Location", "/a").With("Location", "/b") }, "Location", []string{"/b"}},
		{"in another case", func(r *Request) *Response { return r.Status(200).With("etag", `"a"`).With("ETAG", `"b"`) }, "ETag", []string{`"b"`}},
		{"three times, between others", func(r *Request) *Response {
			return r.Status(200).With("Age", "1").With("X", "1").With("age", "2").With("X", "2").With("Age", "3")
		}, "Age", []string{"3"}},
		{"others stay", func(r *Request) *Response {
			return r.Status(200).With("Age", "1").With("X", "1").With("age", "2").With("X", "2").With("Age", "3")
		}, "X", []string{"1", "2"}},
		{"the literal", literal(Field{Name: "Location", Value: "/a"}, Field{Name: "location", Value: "/b"}), "Location", []string{"/b"}},
		{"the literal and With", func(r *Request) *Response {
			return literal(Field{Name: "Expires", Value: "0"})(r).With("expires", "-1")
		}, "Expires", []string{"-1"}},
		{"the literal of a stream", func(r *Request) *Response {
			return r.Stream(200, Fields{{Name: "Last-Modified", Value: "a"}, {Name: "LAST-MODIFIED", Value: "b"}}, pieces(0)).WithLength(0)
		}, "Last-Modified", []string{"b"}},
		{"a media type", func(r *Request) *Response { return r.Text(200, "").With("Content-Type", "a/b") }, "Content-Type", []string{"a/b"}},
		{"a media type twice", func(r *Request) *Response {
			return r.Text(200, "").With("content-type", "a/b").With("Content-Type", "c/d")
		}, "Content-Type", []string{"c/d"}},
		{"a media type in the literal", literal(Field{Name: "CONTENT-TYPE", Value: "a/b"}), "Content-Type", []string{"a/b"}},
		{"a date of its own", func(r *Request) *Response { return r.Status(200).With("DATE", "then") }, "Date", []string{"then"}},
		{"two dates of its own", func(r *Request) *Response { return r.Status(200).With("Date", "a").With("date", "b") }, "Date", []string{"b"}},
		{"the date of the server", func(r *Request) *Response { return r.Status(200) }, "Date", []string{"Sat, 01 Jan 2000 00:00:00 GMT"}},
		{"a list", func(r *Request) *Response { return r.Status(200).With("Vary", "A").With("Vary", "B") }, "Vary", []string{"A", "B"}},
		{"what is no list and still not one (RFC 6265 §3)", func(r *Request) *Response {
			return r.Status(200).With("Set-Cookie", "a=1").With("Set-Cookie", "b=2")
		}, "Set-Cookie", []string{"a=1", "b=2"}},
		{"challenges", func(r *Request) *Response {
			return r.Status(401).With("WWW-Authenticate", "A").With("WWW-Authenticate", "B")
		}, "WWW-Authenticate", []string{"A", "B"}},
		{"of what broke a rule, only what is sent counts", func(r *Request) *Response {
			return r.Status(200).With("Location", "a\r\nb").With("Location", "/c")
		}, "Location", []string{"/c"}},
		{"in a large response", func(r *Request) *Response {
			return r.Text(200, strings.Repeat("x", turnSize+1)).With("Content-Type", "a/b").With("ETag", "a").With("ETag", "b")
		}, "ETag", []string{"b"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/", answering(test.answer))
				k.peer.send(get)
				if got := valuesIn(k.peer.want(test.name, "HTTP/1.1 "), test.field); !slices.Equal(got, test.values) {
					t.Errorf("want %s: %q, got %q", test.field, test.values, got)
				}
				k.peer.wantIdle("nobody has refused it, and the connection persists")
			})
		})
	}
}

// valuesIn are the values of a field in the head of a response.
func valuesIn(response, name string) (values []string) {
	head, _, _ := strings.Cut(response, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		if field, value, _ := strings.Cut(line, ": "); strings.EqualFold(field, name) {
			values = append(values, value)
		}
	}
	return values
}

// Each field of a response whose value is no list.
func TestEachSingletonReplaces(t *testing.T) {
	for _, name := range []string{"Access-Control-Allow-Credentials", "Access-Control-Allow-Origin", "Access-Control-Max-Age", "Age",
		"Content-Disposition", "Content-Location", "Content-Range", "Content-Type", "Date", "ETag", "Expires", "Last-Modified",
		"Location", "Retry-After", "Server", "Strict-Transport-Security"} {
		r := (&Request{}).Status(200).With(name, "a").With(strings.ToLower(name), "b").With("X", "c")
		if _, fields := r.fields(); len(fields) != 2 || fields[0].Value != "b" || fields[1].Value != "c" {
			t.Errorf("%s: want it once, got %v", name, fields)
		}
		if len(r.Fields) != 3 {
			t.Errorf("%s: want the response as it was made, got %v", name, r.Fields)
		}
	}
	for _, name := range []string{"Allow", "Accept-Ranges", "Authentication-Info", "Cache-Control", "Content-Encoding", "Content-Language",
		"Link", "Proxy-Authenticate", "Set-Cookie", "Trailer", "Upgrade", "Vary", "Via", "WWW-Authenticate", "X-Forwarded-For"} {
		if isSingleton(name) {
			t.Errorf("%s is a list, or may come several times", name)
		}
	}
}

// Replacing a field does not get around the rules of the framing.
func TestWhatHTTPForbidsIsStillRefused(t *testing.T) {
	for name, field := range map[string]Field{
		"the length":            {Name: "content-length", Value: "0"},
		"the coding":            {Name: "Transfer-Encoding", Value: "chunked"},
		"the connection":        {Name: "Connection", Value: "close"},
		"no token":              {Name: "Content Type", Value: "a/b"},
		"another field":         {Name: "Location", Value: "/\r\nSet-Cookie: a=b"},
		"another message":       {Name: "Content-Type", Value: "a/b\r\n\r\nHTTP/1.1 200 OK"},
		"a date with a control": {Name: "Date", Value: "now\x00"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/", answering(func(r *Request) *Response { return r.Text(200, "hello").With(field.Name, field.Value) }))
				k.peer.send(get)
				k.peer.want(name, "HTTP/1.1 500", "\r\nConnection: close\r\n")
				k.peer.wantClosed("nothing of it was sent")
				k.wait(time.Second)
			})
		})
	}
}
