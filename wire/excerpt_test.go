package wire

import (
	"slices"
	"strings"
	"testing"
)

// brokenBy decodes octets that break a rule.
func brokenBy(t *testing.T, octets string, size int) *ProtocolError {
	t.Helper()
	if size == 0 {
		size = len(octets)
	}
	d := newDecoder(Limits{})
	for piece := range slices.Chunk([]byte(octets), size) {
		d.Feed(piece)
		event, err := d.Next()
		for ; event != nil; event, err = d.Next() {
		}
		if broken, ok := err.(*ProtocolError); ok {
			return broken
		}
	}
	t.Fatalf("%.200q breaks no rule", octets)
	return nil
}

func TestErrorsShowTheLine(t *testing.T) {
	const get, long = "GET / HTTP/1.1\r\n", 300
	for _, test := range []struct{ name, in, line string }{
		{"the request line", "GET / HTTP/2.0\r\nHost: a\r\n", "GET / HTTP/2.0"},
		{"its lone LF ends it", "GET /a HTTP/1.1\nHost: a\r\n", "GET /a HTTP/1.1"},
		{"its lone CR ends it", "GET /a HTTP/1.1\rHost: a\r\n", "GET /a HTTP/1.1"},
		{"no version", "GET /a\r\n", "GET /a"},
		{"too much in it", "GET /a b c HTTP/1.1\r\n", "GET /a"},
		{"a target that is none", "GET /\xff/../../etc/passwd HTTP/1.1\r\n\r\n", "GET /\xff/../../etc/passwd HTTP/1.1"},
		{"absolute-form", "GET http://a/%zz HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://a/%zz HTTP/1.1"},
		{"absolute-form with userinfo", "GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET"},
		{"an @ in a path", "GET /u@a%zz HTTP/1.1\r\nHost: a\r\n\r\n", "GET /u@a%zz HTTP/1.1"},
		{"asterisk-form", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", "GET * HTTP/1.1"},
		{"authority-form", "CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a HTTP/1.1"},
		{"128 octets of a long target", "GET /" + strings.Repeat("y", 9000), "GET /" + strings.Repeat("y", 123)},
		{"the request line, where a line is missing", get + "\r\n", "GET / HTTP/1.1"},
		{"no method", "\x16\x03\x01", "\x16"},
		{"no request line, but a token", "nonsense\r\n", ""},
		{"no request line, but text", "nonsense and more\r\n", ""},
		{"no request line, but a field line", "Host: a\r\n", ""},
		{"nothing", "\r\n\r\n\r\n\r\n\r\n", ""},

		{"a field line without a colon", get + "Host: a\r\nX y\r\n\r\n", ""},
		{"a field value", get + "X: a\x01b\r\n\r\n", "X"},
		{"a field name", get + "X@Y: a\r\n\r\n", "X"},
		{"white space before the colon", get + "X : a\r\n\r\n", "X"},
		{"white space before the first field", get + " X: a\r\n\r\n", ""},
		{"a folded line has the name of its field", get + "Host: a\r\nX: a\r\n b: c\r\n\r\n", "X"},
		{"128 octets of a folded line's name", get + strings.Repeat("x", long) + ": a\r\n b\r\n\r\n", strings.Repeat("x", 128)},
		{"a name that is too long to be seen as one", get + strings.Repeat("x", long) + ": a\x01\r\n\r\n", ""},
		{"a field line that is too long", get + "X: " + strings.Repeat("y", 70_000), "X"},
		{"a field whose meaning is wrong", get + "Host: a\r\nContent-Length: x\r\n\r\n", "Content-Length"},
		{"a malformed Host", get + "X: y\r\nhost: a b\r\n\r\n", "host: a b"},
		{"a second Host", get + "Host: a\r\nHost: b\r\n\r\n", "Host: b"},
		{"a Host with userinfo", get + "Host: u:p@a\r\n\r\n", "Host"},
		{"a trailer", get + "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nCookie: a\r\n\r\n", "Cookie"},
		{"a chunk", get + "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\x01\r\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, size := range deliveries {
				if broken := brokenBy(t, test.in, size); broken.Line != test.line {
					t.Errorf("%v in pieces of %d: the line is %q, want %q", broken, size, broken.Line, test.line)
				}
			}
		})
	}
}

// No error of a request has credentials or content in it, whatever is wrong, and wherever the request continues with
// text meant for another place.
func TestErrorsKeepSecrets(t *testing.T) {
	const secret = "c3VwZXIgc2VjcmV0"
	const request, host = "POST /a HTTP/1.1\r\n", "Host: a\r\n"
	const chunked = request + host + "Transfer-Encoding: chunked\r\n\r\n"
	for _, field := range []string{
		"Authorization: Bearer " + secret, "Cookie: a=b; c=" + secret, "X-Key:" + secret, "Expect: " + secret, "Connection: @" + secret,
		"Content-Length: " + secret, "Transfer-Encoding: chunked;" + secret, "Host: a:" + secret + "@b", "TE: " + secret,
	} {
		name, value, _ := strings.Cut(field, ":")
		for _, octets := range []string{
			field + "\x00\r\n\r\n", field + "\r\r\n\r\n", field + "\n\r\n", field + "\r\n \r\n\r\n", field + "\r\n\t" + secret + ": b\r\n\r\n",
			name + " :" + value + "\r\n\r\n", name + "\x01:" + value + "\r\n\r\n", "\x01" + field + "\r\n\r\n", " " + field + "\r\n\r\n",
			name + value + "\r\n\r\n", name + ":\r\n" + secret + "\r\n\r\n", name + ":\r\n" + value + "\r\n\r\n",
			field + strings.Repeat("y", 70_000), strings.Repeat(field+"\r\n", 101), "Host: b\r\n" + field + "\r\n\r\n",
		} {
			for place, octets := range map[string]string{
				"a field line":     request + host + octets,
				"the first one":    request + octets,
				"a trailer":        chunked + "0\r\n" + octets,
				"a request":        octets + "\r\n\x00",
				"the next one":     request + host + "\r\n" + octets + "\r\n\x00",
				"content":          chunked + octets,
				"a chunk":          chunked + "1\r\n" + octets,
				"after a chunk":    chunked + "1\r\nx" + octets + "\r\n",
				"an extension":     chunked + "1;a=" + octets + "\x00\r\n",
				"the request line": strings.TrimSuffix(request, "\r\n") + " " + octets,
				"its end":          strings.TrimSuffix(request, "\r\n") + "\r" + octets + "\n",
			} {
				for _, size := range deliveries {
					if broken := brokenBy(t, octets+"\r\n\r\n\x00\x00", size); strings.Contains(broken.Line+broken.Error(), secret) {
						t.Errorf("%s, as %q: %v shows %q", place, octets[:min(len(octets), 200)], broken, broken.Line)
					}
				}
			}
		}
	}
}
