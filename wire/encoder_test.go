package wire

import (
	"strings"
	"testing"
)

func TestEncodeResponses(t *testing.T) {
	for _, test := range []struct {
		name   string
		events []Event
		want   string
	}{
		{"§2.1 everything", []Event{
			&ResponseHead{Status: 200, Length: 5, Connection: "close", Date: "now", ContentType: "a/b",
				Fields: Fields{{"X", "y"}}},
			&Data{[]byte("he")}, &Data{[]byte("llo")}, &End{},
		}, "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: a/b\r\nContent-Length: 5\r\nConnection: close\r\n" +
			"X: y\r\n\r\nhello"},
		{"§6.2 no content", []Event{&ResponseHead{Status: 404}, &End{}},
			"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"},
		{"§7.1 chunked", []Event{
			&ResponseHead{Status: 200, Length: Chunked}, &Data{[]byte("hello")}, &Data{}, &End{Fields{{"X", "y"}}},
		}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n"},
		{"§6.3 until close", []Event{
			&ResponseHead{Status: 200, Length: UntilClose, Connection: "close"}, &Data{[]byte("hello")}, &End{},
		}, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello"},
		{"RFC 9110 §9.3.2 HEAD, sized", []Event{
			&ResponseHead{Status: 200, Length: 5, Bodiless: true}, &Data{[]byte("hello")}, &End{},
		}, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"},
		{"RFC 9110 §9.3.2 HEAD, content left out", []Event{
			&ResponseHead{Status: 200, Length: 5, Bodiless: true}, &End{},
		}, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"},
		{"RFC 9110 §9.3.2 HEAD, chunked", []Event{
			&ResponseHead{Status: 200, Length: Chunked, Bodiless: true}, &Data{[]byte("x")}, &End{Fields{{"X", "y"}}},
		}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"},
		{"RFC 9110 §15.3.5 204", []Event{&ResponseHead{Status: 204}, &End{}}, "HTTP/1.1 204 No Content\r\n\r\n"},
		{"RFC 9110 §15.3.6 205", []Event{&ResponseHead{Status: 205}, &End{}},
			"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n"},
		{"RFC 9110 §15.4.5 304", []Event{&ResponseHead{Status: 304, Fields: Fields{{"ETag", `"a"`}}}, &End{}},
			"HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n"},
		{"RFC 9110 §15.2 interim responses", []Event{
			&ResponseHead{Status: 103, Fields: Fields{{"Link", "</a>"}}}, &ResponseHead{Status: 100},
			&ResponseHead{Status: 200}, &End{},
		}, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" +
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
		{"RFC 9110 §15.2.2 101 is final", []Event{&ResponseHead{Status: 101}, &End{}},
			"HTTP/1.1 101 Switching Protocols\r\n\r\n"},
		{"§9.3.2 one after the other", []Event{
			&ResponseHead{Status: 200, Length: 1}, &Data{[]byte("a")}, &End{},
			&ResponseHead{Status: 200, Length: Chunked}, &End{},
		}, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
		{"§5 fields that a member could stand for", []Event{
			&ResponseHead{Status: 204, Fields: Fields{{"date", "then"}, {"content-type", "a/b"}}}, &End{},
		}, "HTTP/1.1 204 No Content\r\ndate: then\r\ncontent-type: a/b\r\n\r\n"},
		{"§6 fields whose names are as long as those of the framing", []Event{
			&ResponseHead{Status: 204, Date: "now", ContentType: "a/b", Fields: Fields{
				{"ETag", `"a"`}, {"User-Agent", "b"}, {"X-Long-Name1", "c"}, {"Accept-Charset", "d"}, {"Content-Digestion", "e"}}}, &End{},
		}, "HTTP/1.1 204 No Content\r\nDate: now\r\nContent-Type: a/b\r\nETag: \"a\"\r\nUser-Agent: b\r\nX-Long-Name1: c\r\n" +
			"Accept-Charset: d\r\nContent-Digestion: e\r\n\r\n"},
		{"§3 a request", []Event{
			&RequestHead{Method: "PUT", Target: RequestTarget{Raw: "/a?b"}, Version: Version{1, 1}, Length: 2,
				Fields: Fields{{"Host", "a"}, {"Content-Length", "2"}}},
			&Data{[]byte("ok")}, &End{},
		}, "PUT /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var encoder Encoder
			out := []byte("before ")
			for _, event := range test.events {
				var err error
				if out, err = encoder.Append(out, event); err != nil {
					t.Fatalf("%#v: %v", event, err)
				}
			}
			if got := string(out); got != "before "+test.want {
				t.Errorf("got\n%s\nwant\n%s", got, "before "+test.want)
			}
		})
	}
}

func TestEncoderRefuses(t *testing.T) {
	ok := func(fields ...Field) *ResponseHead { return &ResponseHead{Status: 200, Length: 1, Fields: fields} }
	request := func(method, target string, fields ...Field) *RequestHead {
		return &RequestHead{Method: method, Target: RequestTarget{Raw: target}, Version: Version{1, 1}, Fields: fields}
	}
	for _, test := range []struct {
		name   string
		before []Event
		misuse Event
		want   string
	}{
		{"§2.1 content without a head", nil, &Data{[]byte("x")}, "content without a head"},
		{"§2.1 an end without a head", nil, &End{}, "an end without a head"},
		{"§2.1 a head in a body", []Event{ok()}, ok(), "a head before the end of the last message"},
		{"§2.1 a request head in a body", []Event{ok()}, request("GET", "/"), "a head before the end"},
		{"RFC 9110 §15.2 content behind an interim head", []Event{&ResponseHead{Status: 100}}, &Data{[]byte("x")},
			"content without a head"},
		{"RFC 9110 §8.6 more content", []Event{ok()}, &Data{[]byte("xy")}, "more content than its Content-Length"},
		{"RFC 9110 §8.6 more content in the end", []Event{ok(), &Data{[]byte("x")}}, &Data{[]byte("y")}, "more content"},
		{"RFC 9110 §8.6 content where there is none", []Event{&ResponseHead{Status: 200}}, &Data{[]byte("x")}, "more content"},
		{"RFC 9110 §8.6 less content", []Event{ok()}, &End{}, "less content than its Content-Length"},
		{"§7.1.2 trailers without chunked", []Event{ok(), &Data{[]byte("x")}}, &End{Fields{{"X", "y"}}},
			"trailers without chunked"},
		{"RFC 9110 §6.5.1 a forbidden trailer", []Event{&ResponseHead{Status: 200, Length: Chunked}},
			&End{Fields{{"Content-Length", "5"}}}, "not allowed in a trailer section"},
		{"RFC 9110 §15 status 99", nil, &ResponseHead{Status: 99}, "status code is not from 100 to 599"},
		{"RFC 9110 §15 status 600", nil, &ResponseHead{Status: 600}, "status code is not from 100 to 599"},
		{"RFC 9110 §15 negative status", nil, &ResponseHead{Status: -200}, "status code is not from 100 to 599"},
		{"RFC 9110 §6.4.1 content on 204", nil, &ResponseHead{Status: 204, Length: 1}, "of status 204 has no content"},
		{"RFC 9110 §6.4.1 chunked on 304", nil, &ResponseHead{Status: 304, Length: Chunked}, "of status 304 has no content"},
		{"RFC 9110 §6.4.1 content on 100", nil, &ResponseHead{Status: 100, Length: 1}, "of status 100 has no content"},
		{"RFC 9110 §15.3.6 content on 205", nil, &ResponseHead{Status: 205, Length: 1}, "status 205 has no content"},
		{"§6.3 until close, but persistent", nil, &ResponseHead{Status: 200, Length: UntilClose}, "content until close"},
		{"§6.3 an unknown length", nil, &ResponseHead{Status: 200, Length: -3, Connection: "close"},
			"content of no known length"},
		{"§6 Content-Length by hand", nil, ok(Field{"content-length", "1"}), "writes content-length itself"},
		{"§6 Transfer-Encoding by hand", nil, ok(Field{"TRANSFER-ENCODING", "chunked"}), "writes TRANSFER-ENCODING itself"},
		{"§9.6 Connection by hand", nil, ok(Field{"Connection", "close"}), "writes Connection itself"},
		{"§9.6 Keep-Alive by hand", nil, ok(Field{"Keep-Alive", "timeout=5"}), "writes Keep-Alive itself"},
		{"RFC 9110 §6.6.1 Date twice", nil, &ResponseHead{Status: 200, Date: "now", Fields: Fields{{"DATE", "then"}}},
			"writes DATE itself"},
		{"RFC 9110 §8.3 Content-Type twice", nil, &ResponseHead{Status: 200, ContentType: "a/b",
			Fields: Fields{{"content-type", "c/d"}}}, "writes content-type itself"},
		{"RFC 9110 §5.5 CR LF in a value", nil, ok(Field{"X", "y\r\nSet-Cookie: z"}), "control octet in the value of field X"},
		{"RFC 9110 §5.5 NUL in a value", nil, ok(Field{"X", "\x00"}), "control octet in the value of field X"},
		{"RFC 9110 §5.1 CR LF in a name", nil, ok(Field{"X\r\n", "y"}), `name is not a token: "X\r\n"`},
		{"RFC 9110 §5.1 an empty name", nil, ok(Field{"", "y"}), `name is not a token: ""`},
		{"RFC 9110 §5.5 LF in Date", nil, &ResponseHead{Status: 200, Date: "now\n"}, "of field Date"},
		{"RFC 9110 §5.5 LF in Keep-Alive", nil, &ResponseHead{Status: 200, Connection: "keep-alive", KeepAlive: "timeout=5\n"}, "of field Keep-Alive"},
		{"RFC 9110 §5.5 LF in Content-Type", nil, &ResponseHead{Status: 200, ContentType: "a/b\n"}, "of field Content-Type"},
		{"RFC 9110 §7.6.1 LF in Connection", nil, &ResponseHead{Status: 200, Connection: "close\n"}, "malformed Connection"},
		{"RFC 9110 §7.6.1 no token in Connection", nil, &ResponseHead{Status: 200, Connection: "close, @"}, "malformed Connection"},
		{"RFC 9110 §9.1 a method of two words", nil, request("GET /", "/"), "method is not a token"},
		{"RFC 9110 §9.1 no method", nil, request("", "/"), "method is not a token"},
		{"§3 a method too long", nil, request(strings.Repeat("M", 65), "/"), "method is not a token"},
		{"§3.2 a target with a space", nil, request("GET", "/a b"), "malformed request target"},
		{"§3.2 no target", nil, request("GET", ""), "malformed request target"},
		{"RFC 9110 §5.5 CR in a request's value", nil, request("GET", "/", Field{"X", "\r"}), "control octet"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var encoder Encoder
			out := []byte("before ")
			for _, event := range test.before {
				var err error
				if out, err = encoder.Append(out, event); err != nil {
					t.Fatal(err)
				}
			}
			was, expected := string(out), encoder
			out, err := encoder.Append(out, test.misuse)
			if misuse, ok := err.(*MisuseError); !ok || !strings.Contains(misuse.Reason, test.want) {
				t.Errorf("error %v, want a *MisuseError %q", err, test.want)
			}
			if string(out) != was || encoder != expected {
				t.Errorf("%q was appended, or the Encoder changed, for an event that it refused", out[len(was):])
			}
		})
	}
}

func TestEncoderOfUnknownEvents(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an event of no known kind was taken")
		}
	}()
	new(Encoder).Append(nil, nil)
}

// The octets between chunks add nothing: any number of zeros before a size.
func TestNothingIsAddedToChunks(t *testing.T) {
	var e Encoder
	dst, err := e.AppendNothing(nil)
	if err == nil || len(dst) > 0 {
		t.Errorf("there is no message: got %q, %v", dst, err)
	}
	head := &ResponseHead{Status: 200, Length: Chunked}
	events := []Event{head, &Data{Bytes: []byte("hello")}, &Data{Bytes: []byte("again")}, &End{}}
	for _, event := range events {
		if dst, err = e.Append(dst, event); err != nil {
			t.Fatal(err)
		}
		if _, end := event.(*End); end {
			break
		}
		if dst, err = e.AppendNothing(dst); err != nil {
			t.Fatal(err)
		}
	}
	if want := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n05\r\nhello\r\n05\r\nagain\r\n00\r\n\r\n"; string(dst) != want {
		t.Errorf("want %q, got %q", want, dst)
	}
	for _, head := range []*ResponseHead{
		{Status: 200, Length: 5}, {Status: 200, Length: UntilClose, Connection: "close"}, {Status: 200, Length: Chunked, Bodiless: true},
	} {
		e = Encoder{}
		if _, err := e.Append(nil, head); err != nil {
			t.Fatal(err)
		}
		if dst, err := e.AppendNothing([]byte("before")); err == nil || string(dst) != "before" {
			t.Errorf("content of length %d: got %q, %v", head.Length, dst, err)
		}
	}
}

func TestKeepAliveNeedsItsOption(t *testing.T) {
	var e Encoder
	if _, err := e.Append(nil, &ResponseHead{Status: 200, KeepAlive: "timeout=5"}); err == nil {
		t.Error("want it refused (RFC 9110 §7.6.1)")
	}
	dst, err := e.Append(nil, &ResponseHead{Status: 200, KeepAlive: "timeout=5", Connection: "keep-alive"})
	if want := "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"; string(dst) != want || err != nil {
		t.Errorf("got %q, %v", dst, err)
	}
}
