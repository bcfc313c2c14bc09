package wire

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func newDecoder(limits Limits) *Decoder {
	limits = limits.WithDefaults()
	return NewDecoder(&limits)
}

// next is the next event, which must be of that type.
func next[T Event](t *testing.T, d *Decoder, why string) T {
	t.Helper()
	event, err := d.Next()
	if err != nil {
		t.Fatalf("%s: got the error %v", why, err)
	}
	got, ok := event.(T)
	if !ok {
		t.Fatalf("%s: got %T, want %T", why, event, got)
	}
	return got
}

func TestDecoderWaits(t *testing.T) {
	d := newDecoder(Limits{})
	for i, step := range []struct {
		feed, why   string
		mid, events bool
		buffered    int
	}{
		{"\r\n", "an empty line begins nothing", false, false, 0},
		{"\r", "half an empty line may be the first octet of a broken message", true, false, 1},
		{"\nGET / HTTP/1.1\r\n", "half a head", true, false, len("GET / HTTP/1.1\r\n")},
		{"Host: a\r\n\r\n", "a message", false, true, 0},
	} {
		d.Feed([]byte(step.feed))
		events := false
		for event, err := d.Next(); event != nil || err != nil; event, err = d.Next() {
			if events = true; err != nil {
				t.Fatal(err)
			}
		}
		if d.MidMessage() != step.mid || events != step.events || d.Buffered() != step.buffered {
			t.Errorf("step %d, %s: MidMessage %v, events %v, Buffered %d; want %v, %v, %d", i, step.why,
				d.MidMessage(), events, d.Buffered(), step.mid, step.events, step.buffered)
		}
	}
}

func TestDecoderIsMidMessageUntilTheEnd(t *testing.T) {
	d := newDecoder(Limits{})
	d.Feed([]byte(smallRequest))
	next[*RequestHead](t, d, "the head is there")
	if !d.MidMessage() {
		t.Error("the End was not yielded yet")
	}
	next[*End](t, d, "there is no content")
	if d.MidMessage() {
		t.Error("the message has ended")
	}
}

func TestDecoderTakesManyFeeds(t *testing.T) {
	d := newDecoder(Limits{})
	for _, c := range []byte(smallRequest + smallRequest) {
		d.Feed([]byte{c}) // and no Next between
	}
	for range 2 {
		if head := next[*RequestHead](t, d, "all was fed"); head.Target.Raw != "/hello" {
			t.Errorf("target %q, want /hello", head.Target.Raw)
		}
		next[*End](t, d, "there is no content")
	}
}

func TestDecoderFedWhileContentIsLeft(t *testing.T) {
	d := newDecoder(Limits{})
	const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	d.Feed([]byte(head + "1\r\na\r\n2\r\nb"))
	next[*RequestHead](t, d, "the head is there")
	d.Feed([]byte("c\r\n0\r\n\r\n"))
	for _, want := range []string{"a", "bc"} {
		if got := next[*Data](t, d, "the chunk is there"); string(got.Bytes) != want {
			t.Errorf("content %q, want %q", got.Bytes, want)
		}
	}
	next[*End](t, d, "the last chunk is there")
}

// A head shares no memory with the octets that were fed.
func TestAHeadMayBeKept(t *testing.T) {
	d := newDecoder(Limits{})
	lent := []byte("GET /a/b HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n")
	d.Feed(lent)
	head := next[*RequestHead](t, d, "the head is there")
	before := fmt.Sprint(head)
	next[*End](t, d, "there is no content")
	for i := range lent {
		lent[i] = '!'
	}
	d.Feed([]byte(smallRequest))
	next[*RequestHead](t, d, "the next head is there")
	if after := fmt.Sprint(head); after != before {
		t.Errorf("the head became\n%s, it was\n%s", after, before)
	}
}

func TestAnIdleDecoderHoldsNothing(t *testing.T) {
	d := newDecoder(Limits{})
	many := strings.Repeat("X: y\r\n", 50)
	octets := "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + many + "\r\n2\r\nab\r\n0\r\n\r\n"
	for i := range octets {
		d.Feed([]byte(octets[i : i+1]))
		for event, err := d.Next(); event != nil || err != nil; event, err = d.Next() {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if d.in != nil || d.own != nil || d.data.Bytes != nil {
		t.Error("an idle connection must not hold a buffer, its own or a lent one")
	}
	if cap(d.spans) > 16 {
		t.Errorf("room for %d field lines is held while idle", cap(d.spans))
	}
}

func TestLimitBody(t *testing.T) {
	for _, test := range []struct {
		name, framed string
		limit        int64
		want         string
	}{
		{"sized, at the limit", "Content-Length: 5\r\n\r\nhello", 5, ""},
		{"sized, one over", "Content-Length: 5\r\n\r\nhello", 4, "content too large"},
		{"sized, more than usual", "Content-Length: 9\r\n\r\n123456789", 9, ""},
		{"chunked, at the limit", "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", 5, ""},
		{"chunked, one over", "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", 4, "content too large"},
		{"none allowed, none there", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", -1, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDecoder(Limits{Body: 8})
			d.Feed([]byte("POST / HTTP/1.1\r\nHost: a\r\n" + test.framed))
			next[*RequestHead](t, d, "a limit on content is not one on the head")
			d.LimitBody(test.limit)
			got := ""
			for event, err := d.Next(); event != nil || err != nil; event, err = d.Next() {
				if err != nil {
					got = err.(*ProtocolError).Reason
					break
				}
			}
			if got != test.want {
				t.Errorf("with LimitBody(%d) breaks %q, want %q", test.limit, got, test.want)
			}
			if d.err == nil && d.bodyLimit != 8 {
				t.Errorf("the limit of the next message is %d, want 8: LimitBody is for one", d.bodyLimit)
			}
		})
	}
}

// The default limits: a message of exactly the limit is accepted, one more is refused.
func TestLimitsAtTheBoundary(t *testing.T) {
	const host = "Host: a\r\n"
	request := func(target, fields string) string {
		return "GET /" + target + " HTTP/1.1\r\n" + host + fields + "\r\n"
	}
	for _, test := range []struct {
		name string
		make func(n int) string
		at   int
		rule *Rule
	}{
		{"§3 request line", func(n int) string { return request(strings.Repeat("x", n-len("GET / HTTP/1.1")), "") },
			8 << 10, ruleTargetLength},
		{"§3 method", func(n int) string { return strings.Repeat("M", n) + " / HTTP/1.1\r\n" + host + "\r\n" },
			maxMethod, ruleMethodLength},
		{"RFC 6585 §5 one long field line", func(n int) string {
			return request("", "X:"+strings.Repeat("y", n-len(host+"X:"))+"\r\n")
		}, 64 << 10, ruleSectionLength},
		{"RFC 6585 §5 many long field lines", func(n int) string {
			fill := strings.Repeat("X:"+strings.Repeat("y", 996)+"\r\n", 60)
			return request("", fill+"X:"+strings.Repeat("y", n-len(host+fill+"X:"))+"\r\n")
		}, 64 << 10, ruleSectionLength},
		{"RFC 6585 §5 field lines", func(n int) string { return request("", strings.Repeat("X: y\r\n", n-1)) },
			100, ruleFieldCount},
		{"§2.2 empty lines", func(n int) string { return strings.Repeat("\r\n", n) + request("", "") },
			maxEmptyLines, ruleEmptyLines},
		{"RFC 9110 §15.5.14 Content-Length", func(n int) string {
			return request("", fmt.Sprintf("Content-Length: %d\r\n", n))
		}, 8 << 20, ruleContentLength},
		{"RFC 9110 §15.5.14 chunk", func(n int) string {
			return request("", "Transfer-Encoding: chunked\r\n") + fmt.Sprintf("%x\r\n", n)
		}, 8 << 20, ruleContentLength},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := ruleOf(t, Limits{}, test.make(test.at)); got != "" {
				t.Errorf("%d, which is the limit, breaks %q", test.at, got)
			}
			if got := ruleOf(t, Limits{}, test.make(test.at+1)); got != test.rule.Reason {
				t.Errorf("%d, one over the limit, breaks %q, want %q", test.at+1, got, test.rule.Reason)
			}
		})
	}
}

// Limits start again with each message.
func TestLimitsAreForOneMessage(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, message := range map[string]string{
		"§2.2 empty lines":          strings.Repeat("\r\n", maxEmptyLines) + head + "0\r\n\r\n",
		"§7.1.1 extensions":         head + strings.Repeat("1;"+strings.Repeat("a", 999)+"\r\nx\r\n", 16) + "0\r\n\r\n",
		"RFC 9110 §15.5.14 content": head + "c\r\nhello, world\r\n0\r\n\r\n",
	} {
		if got := ruleOf(t, Limits{Body: 20}, message+message); got != "" {
			t.Errorf("%s: the second of two messages breaks %q", name, got)
		}
	}
}

// Content is private: it is in no error, and so in no log.
func TestErrorsDoNotShowContent(t *testing.T) {
	d := newDecoder(Limits{Body: 4})
	d.Feed([]byte("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nsecret"))
	next[*RequestHead](t, d, "the head is there")
	_, err := d.Next()
	if broken, ok := err.(*ProtocolError); !ok || broken.Status != 413 || broken.Line != "" {
		t.Errorf("%#v, want a 413 without a line", err)
	}
}

// A line that comes octet by octet is searched only once for its end, not once per octet.
func TestNothingIsSearchedTwice(t *testing.T) {
	d := newDecoder(Limits{})
	for i, octet := range []byte("GET / HTTP/1.1\r\nX: y") {
		d.Feed([]byte{octet})
		if event, err := d.Next(); event != nil || err != nil {
			t.Fatal(event, err)
		}
		if d.seek != i+1 {
			t.Fatalf("after %d octets the search goes on at %d", i+1, d.seek)
		}
	}
}

// To answer a broken head, the server must know whether the method was HEAD (RFC 9110 §9.3.2).
func TestTheMethodOfABrokenHead(t *testing.T) {
	for method, want := range map[string]string{"HEAD": "HEAD", "GET": ""} {
		var own RequestHead
		d := newDecoder(Limits{})
		d.Into(&own, nil)
		d.Feed([]byte(method + " / HTTP/1.1\r\nno colon\r\n\r\n"))
		if _, err := d.Next(); err == nil || own.Method != want {
			t.Errorf("%s: the method is %q (%v), want %q", method, own.Method, err, want)
		}
	}
}
func TestEventsHoweverCut(t *testing.T) {
	octets := []byte("\r\n" + browserHead + "POST /up?x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
		"5;a=\"b\"\r\nhello\r\n1\r\n!\r\n0\r\nX: y\r\n\r\nPUT / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabcGET\x00")
	want := decodeAll(t, Limits{}, octets, 0)
	for size := 1; size < len(octets); size++ {
		if got := decodeAll(t, Limits{}, octets, size); !slices.Equal(got, want) {
			t.Fatalf("in pieces of %d octets:\n%s\nwhole:\n%s", size, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestInto(t *testing.T) {
	for _, test := range []struct {
		name  string
		room  int
		inUse bool
	}{{"enough room", 4, true}, {"just enough", 2, true}, {"not enough", 1, false}, {"none", 0, false}} {
		t.Run(test.name, func(t *testing.T) {
			const octets = "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n"
			var own RequestHead
			room := make(Fields, 0, test.room)
			d := newDecoder(Limits{})
			d.Into(&own, room)
			d.Feed([]byte(octets + octets))
			first := next[*RequestHead](t, d, "the head is there")
			if first != &own || !slices.Equal(own.Fields, Fields{{"Host", "a"}, {"X", "y"}}) {
				t.Errorf("the head is %+v, want it in the caller's memory", first)
			}
			if inUse := test.room > 0 && &room[:1][0] == &own.Fields[0]; inUse != test.inUse {
				t.Errorf("the fields are in the caller's memory: %v", inUse)
			}
			if cap(own.Fields) != len(own.Fields) {
				t.Error("who appends to the fields would write into the room behind them")
			}
			next[*End](t, d, "there is no content")
			if second := next[*RequestHead](t, d, "a second head"); second == &own || &second.Fields[0] == &own.Fields[0] {
				t.Error("the second head was decoded over the first: Into is for one")
			}
		})
	}
}
