package handlers_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// A tape is a reader that can be closed.
type tape struct {
	io.Reader
	closed chan struct{}
}

func newTape(of io.Reader) *tape { return &tape{of, make(chan struct{})} }

func (t *tape) Close() error { close(t.closed); return nil }

func (t *tape) wantClosed(test *testing.T, why string) {
	test.Helper()
	select {
	case <-t.closed:
	case <-time.After(10 * time.Second):
		test.Errorf("%s: the reader has to be closed", why)
	}
}

// broken is a reader that fails.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("no more tape") }

// panicking is a reader that does worse.
type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("no more tape") }

func TestReader(t *testing.T) {
	large := strings.Repeat("All the world's a stage. ", 40_000)
	for _, test := range []struct {
		why, content string
		from         io.Reader
		length       int64
		whole        bool
	}{
		{"chunked", "hello", strings.NewReader("hello"), -1, true},
		{"of a known length", "hello", strings.NewReader("hello"), 5, true},
		{"empty", "", strings.NewReader(""), -1, true},
		{"large", large, strings.NewReader(large), -1, true},
		{"a reader that gives little at a time", "hello", io.MultiReader(strings.NewReader("he"), strings.NewReader("llo")), -1, true},
		{"a reader that fails: visibly incomplete (RFC 9112 §8)", "hello", io.MultiReader(strings.NewReader("hello"), broken{}), -1, false},
		{"a reader that panics: visibly incomplete", "hello", io.MultiReader(strings.NewReader("hello"), panicking{}), -1, false},
		{"less than announced: visibly incomplete", "hello", strings.NewReader("hello"), 6, false},
	} {
		from := newTape(test.from)
		conn, in := dial(t, serve(t, "GET /", actors.Func(func(r *actors.Request) *actors.Response {
			response := r.Stream(200, nil, handlers.Reader(from))
			if test.length >= 0 {
				response.WithLength(test.length)
			}
			return response
		})))
		io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		response, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatalf("%s: %v", test.why, err)
		}
		content, err := io.ReadAll(response.Body)
		if (err == nil) != test.whole || string(content) != test.content || response.ContentLength != test.length {
			t.Errorf("%s: got %d octets of content of %d (%v)", test.why, len(content), response.ContentLength, err)
		}
		from.wantClosed(t, test.why)
	}
}

func TestAReaderMayBlock(t *testing.T) {
	out, into := io.Pipe()
	from := newTape(out)
	address := serve(t, "GET /", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Stream(200, nil, handlers.Reader(from))
	}))
	conn, in := dial(t, address)
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatalf("the head does not wait for the reader: %v", err)
	}
	other, otherIn := dial(t, address)
	for range 50 {
		io.WriteString(other, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
		hello, err := http.ReadResponse(otherIn, nil)
		if err != nil {
			t.Fatalf("it holds nobody else up: %v", err)
		}
		wantOctets(t, "it holds nobody else up", hello.Body, "hello")
	}
	io.WriteString(into, "at last")
	wantOctets(t, "what it reads leaves at once", response.Body, "at last")
	into.Close()
	if rest, err := io.ReadAll(response.Body); err != nil || len(rest) > 0 {
		t.Errorf("its end is the end of the content: got %q (%v)", rest, err)
	}
	from.wantClosed(t, "the end")
}

// endless is a reader without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestAReaderIsClosedWhenTheClientIsGone(t *testing.T) {
	from := newTape(endless{})
	conn, in := dial(t, serve(t, "GET /", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Stream(200, nil, handlers.Reader(from))
	})))
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	wantOctets(t, "the response has begun", in, "HTTP/1.1 200 OK\r\n")
	conn.Close()
	from.wantClosed(t, "nobody reads any more")
}
