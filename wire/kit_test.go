package wire

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// deliveries are the ways in which every input is cut: octets a piece, 0 for whole.
var deliveries = []int{0, 1}

// decodeAll feeds the octets in pieces of a size and tells what came of them, a line for an event
// and one for how it ended. Data that follow each other are one line, as a cut means nothing.
func decodeAll(t testing.TB, limits Limits, octets []byte, size int) (lines []string) {
	t.Helper()
	limits = limits.WithDefaults()
	decoder := NewDecoder(&limits)
	var content []byte
	flush := func() {
		if len(content) > 0 {
			lines = append(lines, fmt.Sprintf("data %q", content))
			content = nil
		}
	}
	for len(octets) > 0 {
		n := min(size, len(octets))
		if size == 0 {
			n = len(octets)
		}
		lent := bytes.Clone(octets[:n])
		octets = octets[n:]
		decoder.Feed(lent)
		event, err := decoder.Next()
		for ; event != nil; event, err = decoder.Next() {
			if data, ok := event.(*Data); ok {
				content = append(content, data.Bytes...)
				continue
			}
			flush()
			lines = append(lines, describe(event)...)
		}
		if err != nil {
			flush()
			checkStopped(t, decoder, err)
			return append(lines, describeError(t, err))
		}
		for i := range lent {
			lent[i] = 0xff // the loan is over
		}
		checkHeld(t, decoder, n)
	}
	flush()
	if decoder.MidMessage() {
		lines = append(lines, "more")
	}
	if len(lines) == 0 {
		lines = append(lines, "nothing")
	}
	return lines
}

// checkStopped asserts that a Decoder never goes on after an error, and holds nothing.
func checkStopped(t testing.TB, decoder *Decoder, err error) {
	t.Helper()
	decoder.Feed([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
	if event, again := decoder.Next(); event != nil || again != err {
		t.Fatalf("after the error %v came %v, %v: a broken message must end the decoding", err, event, again)
	}
	if decoder.Buffered() != 0 || cap(decoder.own) != 0 {
		t.Fatalf("%d octets are held after an error that ends the decoding", decoder.Buffered())
	}
}

// checkHeld asserts that a Decoder that waits for more holds no more than one message may make it
// hold, and never borrowed octets.
func checkHeld(t testing.TB, d *Decoder, fed int) {
	t.Helper()
	const crlf = 2
	limit := max(d.limits.RequestLine+crlf+d.limits.FieldSection+2*crlf, maxChunkLine+crlf)
	if d.Buffered() > limit {
		t.Fatalf("%d octets are held, the limits allow %d", d.Buffered(), limit)
	}
	if room := cap(d.own); room > 2*(limit+fed)+64 {
		t.Fatalf("memory for %d octets is held, the limits allow %d and %d were fed", room, limit, fed)
	}
	if d.Buffered() == 0 && (d.in != nil || d.own != nil) {
		t.Fatal("a buffer is held although nothing is in it")
	}
}

// describe tells an event other than Data. What is as usual is left out: the path that is the
// target, the empty query, the line of Host that is the authority.
func describe(event Event) (lines []string) {
	switch event := event.(type) {
	case *RequestHead:
		lines = append(lines, describeHead(event))
		for _, field := range event.Fields {
			if field != (Field{"Host", event.Target.Authority}) {
				lines = append(lines, fmt.Sprintf("  %s: %q", field.Name, shorten(field.Value)))
			}
		}
	case *End:
		lines = append(lines, "end")
		for _, field := range event.Trailers {
			lines = append(lines, fmt.Sprintf("  %s: %q", field.Name, shorten(field.Value)))
		}
	}
	return lines
}

func describeHead(head *RequestHead) string {
	forms := [...]string{"origin-form", "absolute-form", "authority-form", "asterisk-form"}
	var b strings.Builder
	fmt.Fprintf(&b, "head %s %s %s, %s", head.Method, shorten(head.Target.Raw), head.Version,
		forms[head.Target.Form])
	if head.Target.Path != head.Target.Raw {
		fmt.Fprintf(&b, " path %q", head.Target.Path)
	}
	if head.Target.Query != "" {
		fmt.Fprintf(&b, " query %q", head.Target.Query)
	}
	fmt.Fprintf(&b, " at %q", head.Target.Authority)
	switch head.Length {
	case 0:
	case Chunked:
		b.WriteString(", chunked")
	default:
		fmt.Fprintf(&b, ", length %d", head.Length)
	}
	if head.ExpectContinue {
		b.WriteString(", expects 100")
	}
	if !head.Persist {
		b.WriteString(", closes")
	}
	return b.String()
}

// shorten keeps long runs out of the transcripts.
func shorten(s string) string {
	if len(s) < 1000 {
		return s
	}
	return fmt.Sprintf("%s[… %d octets]", s[:16], len(s))
}

func describeError(t testing.TB, err error) string {
	t.Helper()
	protocol, ok := err.(*ProtocolError)
	if !ok {
		t.Fatalf("error %T %v: a Decoder has no errors but *ProtocolError", err, err)
	}
	if len(protocol.Line) > maxExcerpt {
		t.Fatalf("an excerpt of %d octets, the limit is %d", len(protocol.Line), maxExcerpt)
	}
	return fmt.Sprintf("error %v at %d", err, protocol.Offset)
}

// decodeOne decodes a head, and all of its message, that must be right.
func decodeOne(t testing.TB, octets string) (head *RequestHead, content []byte, end *End) {
	t.Helper()
	limits := Limits{}.WithDefaults()
	decoder := NewDecoder(&limits)
	decoder.Feed([]byte(octets))
	for end == nil {
		event, err := decoder.Next()
		switch event := event.(type) {
		case *RequestHead:
			head = event
		case *Data:
			content = append(content, event.Bytes...)
		case *End:
			end = event
		default:
			t.Fatalf("%q ends with %v, but it is a complete message", octets, err)
		}
	}
	return head, content, end
}

// ruleOf is the reason of the rule that the octets break, "" if they are accepted so far. All
// deliveries must agree.
func ruleOf(t testing.TB, limits Limits, octets string) (reason string) {
	t.Helper()
	for i, size := range deliveries {
		lines := decodeAll(t, limits, []byte(octets), size)
		last := ""
		if n := len(lines); n > 0 && strings.HasPrefix(lines[n-1], "error ") {
			last = strings.Split(lines[n-1], `"`)[1]
		}
		if i > 0 && last != reason {
			t.Fatalf("%.80q breaks %q, but %q in pieces of %d octets", octets, reason, last, size)
		}
		reason = last
	}
	return reason
}
