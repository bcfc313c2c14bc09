package rawhttp_test

import (
	"bufio"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/troupe-go/troupe/actors/internal/rawhttp"
)

const ok = "HTTP/1.1 200 OK\r\n"

const inChunks = ok + "Transfer-Encoding: Chunked\r\n\r\n3\r\nAct\r\n00b;a=\"b\"\r\n I, scene I\r\n0\r\n"

type fields = []rawhttp.Field

var wellFormed = []struct {
	why, method, octets string
	want                rawhttp.Response
}{
	{"by Content-Length", "GET", ok + "Content-Length: 5\r\nX:\r\nx:  a b\t\r\n\r\nAct I",
		rawhttp.Response{Fields: fields{{"Content-Length", "5"}, {"X", ""}, {"x", "a b"}}, Content: "Act I"}},
	{"no content", "GET", ok + "Content-Length: 0\r\n\r\n",
		rawhttp.Response{Fields: fields{{"Content-Length", "0"}}}},
	{"in chunks", "GET", inChunks + "\r\n",
		rawhttp.Response{Fields: fields{{"Transfer-Encoding", "Chunked"}}, Content: "Act I, scene I"}},
	{"in chunks, with trailers", "POST", inChunks + "Digest: 1\r\nDigest: 2\r\n\r\n",
		rawhttp.Response{Fields: fields{{"Transfer-Encoding", "Chunked"}}, Content: "Act I, scene I",
			Trailers: fields{{"Digest", "1"}, {"Digest", "2"}}}},
	{"until the end", "GET", ok + "Connection: a, Close\r\n\r\nAct I\r\n",
		rawhttp.Response{Fields: fields{{"Connection", "a, Close"}}, Content: "Act I\r\n"}},
	{"HEAD", "HEAD", ok + "Content-Length: 5\r\n\r\n",
		rawhttp.Response{Fields: fields{{"Content-Length", "5"}}}},
	{"HEAD in chunks", "HEAD", ok + "Transfer-Encoding: chunked\r\n\r\n",
		rawhttp.Response{Fields: fields{{"Transfer-Encoding", "chunked"}}}},
	{"204", "GET", "HTTP/1.1 204 No Content\r\n\r\n", rawhttp.Response{Status: "204 No Content"}},
	{"304", "GET", "HTTP/1.1 304 \r\nContent-Length: 5\r\n\r\n",
		rawhttp.Response{Status: "304 ", Fields: fields{{"Content-Length", "5"}}}},
	{"interim", "GET", "HTTP/1.1 100 Continue\r\n\r\n", rawhttp.Response{Status: "100 Continue"}},
	{"a reason phrase in another language", "GET", "HTTP/1.1 404 Pas trouv\xe9\r\nContent-Length: 0\r\n\r\n",
		rawhttp.Response{Status: "404 Pas trouv\xe9", Fields: fields{{"Content-Length", "0"}}}},
}

func TestReadResponse(t *testing.T) {
	for _, test := range wellFormed {
		want := test.want
		if want.Octets = test.octets; want.Status == "" {
			want.Status = "200 OK"
		}
		behind := ok
		if want.Closes() {
			behind = ""
		}
		for _, from := range []io.Reader{strings.NewReader(test.octets + behind), iotest.OneByteReader(strings.NewReader(test.octets + behind))} {
			in := bufio.NewReaderSize(from, 16)
			got, err := rawhttp.ReadResponse(in, test.method)
			if err != nil || got.Status != want.Status || got.Content != want.Content || got.Octets != want.Octets ||
				!slices.Equal(got.Fields, want.Fields) || !slices.Equal(got.Trailers, want.Trailers) {
				t.Errorf("%s: got %+v, %v, want %+v", test.why, *got, err, want)
			}
			if rest, err := io.ReadAll(in); string(rest) != behind || err != nil {
				t.Errorf("%s: what comes behind it is left: got %q, %v", test.why, rest, err)
			}
		}
	}
}

const chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"

var malformed = map[string]string{
	"HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n": "LF without CR (RFC 9112 §2.2)",
	ok + "Content-Length: 0\n\r\n":               "LF without CR (RFC 9112 §2.2)",
	ok + "Content-Length: 0\r\n\n":               "LF without CR (RFC 9112 §2.2)",
	ok + "A: b\rc\r\n\r\n":                       "control octets (RFC 9112 §2.2",
	ok + "A: \x00\r\n\r\n":                       "control octets",
	ok + "A: \x7f\r\n\r\n":                       "control octets",
	"\r\n" + ok + "\r\n":                         "no status line of HTTP/1.1 (RFC 9112 §4)",
	"HTTP/1.0 200 OK\r\n\r\n":                    "no status line",
	"http/1.1 200 OK\r\n\r\n":                    "no status line",
	"HTTP/1.1 200\r\n\r\n":                       "no status line",
	"HTTP/1.1  200 OK\r\n\r\n":                   "no status line",
	"HTTP/1.1 99 OK\r\n\r\n":                     "no status line",
	"HTTP/1.1 600 OK\r\n\r\n":                    "no status line",
	"HTTP/1.1 2000 OK\r\n\r\n":                   "no status line",
	ok + "nonsense\r\n\r\n":                      "no field line (RFC 9112 §5)",
	ok + ": a\r\n\r\n":                           "no field line",
	ok + "A : b\r\n\r\n":                         "no field line",
	ok + "A: b\r\n c\r\n\r\n":                    "no field line",
	ok + "\xe9: b\r\n\r\n":                       "no field line",
	ok + "\r\n":                                  "content without an end",
	ok + "Connection: keep-alive\r\n\r\n":        "content without an end",
	ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n":    "Content-Length with Transfer-Encoding (RFC 9112 §6.2)",
	ok + "Content-Length: 1\r\ncontent-length: 1\r\n\r\na":            "more than one Content-Length",
	ok + "Content-Length: 1, 1\r\n\r\na":                              "is no number",
	ok + "Content-Length: -1\r\n\r\na":                                "is no number",
	ok + "Content-Length:\r\n\r\n":                                    "is no number",
	ok + "Content-Length: 99999999999999999999\r\n\r\n":               "out of range",
	ok + "Transfer-Encoding: gzip, chunked\r\n\r\n":                   "not chunked alone (RFC 9112 §6.1)",
	ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: a\r\n\r\n": "not chunked alone",
	"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n":            "has no content",
	"HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n":  "has no content",
	chunked + "\r\n":                                                    "no chunk size (RFC 9112 §7.1)",
	chunked + "+1\r\na\r\n":                                             "no chunk size",
	chunked + "1 ;a\r\na\r\n":                                           "no chunk size",
	chunked + "1_0\r\na\r\n":                                            "no chunk size",
	chunked + "ffffffffffffffff\r\na\r\n":                               "no chunk size",
	chunked + "1\na\r\n":                                                "LF without CR",
	chunked + "1\r\nab\r\n":                                             `followed by "b\r", not CRLF`,
	chunked + "0\r\nContent-Length: 0\r\n\r\n":                          "Content-Length is a trailer (RFC 9110 §6.5.1)",
	chunked + "0\r\nnonsense\r\n\r\n":                                   "no field line",
	ok + "A: " + strings.Repeat("a", 1<<20) + "\r\n\r\n":                "longer than 1048576 octets",
	ok + "A: " + strings.Repeat("a", 1<<21):                             "longer than 1048576 octets",
	ok + "Content-Length: 1\r\nTransfer-Encoding: identity\r\n\r\nrest": "Content-Length with Transfer-Encoding",
}

func TestMalformedResponses(t *testing.T) {
	for octets, rule := range malformed {
		r, err := rawhttp.ReadResponse(bufio.NewReader(strings.NewReader(octets)), "GET")
		if err == nil || !strings.Contains(err.Error(), rule) || errors.Is(err, io.EOF) {
			t.Errorf("%.99q: %v, want %q", octets, err, rule)
		}
		if !strings.HasPrefix(octets, r.Octets) || r.Octets == "" {
			t.Errorf("%.99q: what was read is there: got %.99q", octets, r.Octets)
		}
		wantFailure(t, "no malformed response is passed", func(t rawhttp.T) {
			rawhttp.New(t, says(octets)).Want("it is well-formed", "200 OK")
		}, "it is well-formed: ", rule, "want 200 OK")
	}
}

// An end within a response is not the end of one, wherever it is.
func TestResponsesThatEndEarly(t *testing.T) {
	for _, octets := range []string{
		ok + "Content-Length: 5\r\n\r\nAct I",
		ok + "Transfer-Encoding: chunked\r\n\r\n5;a\r\nAct I\r\n0\r\nA: b\r\n\r\n",
	} {
		for end := range len(octets) {
			want := io.ErrUnexpectedEOF
			if end == 0 {
				want = io.EOF
			}
			if _, err := rawhttp.ReadResponse(bufio.NewReader(strings.NewReader(octets[:end])), "GET"); err != want {
				t.Errorf("%q: %v, want %v", octets[:end], err, want)
			}
			broken := io.MultiReader(strings.NewReader(octets[:end]), iotest.ErrReader(os.ErrDeadlineExceeded))
			if _, err := rawhttp.ReadResponse(bufio.NewReader(broken), "GET"); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%q, and then nothing: %v", octets[:end], err)
			}
		}
	}
	broken := io.MultiReader(strings.NewReader(ok+"Connection: close\r\n\r\nAct I"), iotest.ErrReader(io.ErrClosedPipe))
	if _, err := rawhttp.ReadResponse(bufio.NewReader(broken), "GET"); err != io.ErrClosedPipe {
		t.Errorf("until the end, which is none: %v", err)
	}
}

func TestFieldsOfAResponse(t *testing.T) {
	r := &rawhttp.Response{Fields: []rawhttp.Field{{"Allow", "GET"}, {"X", "1"}, {"aLLOW", "POST"}}}
	if got := r.Field("ALLOW"); got != "GET, POST" || r.Field("Y") != "" || r.Values("Y") != nil || r.Closes() {
		t.Errorf("got %q", got)
	}
	for value, closes := range map[string]bool{"close": true, "a ,\tCLOSE ": true, "closed": false, "keep-alive": false} {
		r := &rawhttp.Response{Fields: []rawhttp.Field{{"connection", value}}}
		if r.Closes() != closes {
			t.Errorf("Connection: %q closes: %v", value, !closes)
		}
	}
	var none *rawhttp.Response
	if got := none.String() + ", " + r.String(); got != "no response, no response" {
		t.Errorf("got %q", got)
	}
}
