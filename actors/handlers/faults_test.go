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

// Faults that the sources had, each with the test that found it.

// "closes it in the end if it is an io.Closer": a HEAD to a route for GET spawns no source, so nobody
// closes what its handler has opened. Nor when the response comes too late and is dropped.
func TestAReaderIsClosedAlsoForHEAD(t *testing.T) {
	from := newTape(strings.NewReader("hello"))
	conn, in := dial(t, serve(t, "GET /", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Stream(200, nil, handlers.Reader(from))
	})))
	io.WriteString(conn, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
	if _, err := http.ReadResponse(in, &http.Request{Method: "HEAD"}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-from.closed:
	case <-time.After(time.Second):
		t.Error("a file descriptor leaks with each HEAD")
	}
}

// torn gives its last octets together with an error, once, as io.Reader allows.
type torn struct{ read bool }

func (r *torn) Read(p []byte) (int, error) {
	if r.read {
		return 0, io.EOF
	}
	r.read = true
	return copy(p, "hello"), errors.New("no more tape")
}

// io.ReadAtLeast drops an error that comes with octets, and an io.Reader need not repeat it: truncated content would
// look complete.
func TestAnErrorThatComesWithOctetsIsOne(t *testing.T) {
	conn, in := dial(t, serve(t, "GET /", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Stream(200, nil, handlers.Reader(&torn{}))
	})))
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(response.Body); err == nil {
		t.Errorf("visibly incomplete (RFC 9112 §8): got %q and a clean end", content)
	}
}
