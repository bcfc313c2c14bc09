package handlers_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// serve serves one route until the end of the test, and returns its address.
func serve(t *testing.T, pattern string, handler *actors.Handler, options ...actors.RouteOption) string {
	t.Helper()
	server := actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
	server.Handle(pattern, handler, options...)
	server.Handle("GET /hello", actors.Func(func(r *actors.Request) *actors.Response { return r.Text(200, "hello") }))
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(on) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		if err := <-served; !errors.Is(err, actors.ErrServerClosed) {
			t.Errorf("Serve says why it ended: %v", err)
		}
	})
	return on.Addr().String()
}

func dial(t *testing.T, address string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	return conn, bufio.NewReader(conn)
}

// wantOctets reads that many octets, which must be these.
func wantOctets(t *testing.T, why string, in io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(in, got); err != nil || string(got) != want {
		t.Fatalf("%s: want %q, got %q (%v)", why, want, got[:n], err)
	}
}

func TestEcho(t *testing.T) {
	address := serve(t, "POST /", handlers.Echo(), actors.StreamBody())
	conn, in := dial(t, address)
	large := strings.Repeat("All the world's a stage. ", 40_000)
	for _, test := range []struct {
		why, octets, contentType, content, trailer string
		length                                     int64
	}{
		{"of a known length", "Content-Type: text/x-play\r\nContent-Length: 5\r\n\r\nAct I", "text/x-play", "Act I", "", 5},
		{"empty", "Content-Length: 0\r\n\r\n", "application/octet-stream", "", "", 0},
		{"chunked, with trailers", "Transfer-Encoding: chunked\r\n\r\n3\r\nAct\r\n2\r\n I\r\n0\r\nDigest: x\r\n\r\n", "application/octet-stream", "Act I", "x", -1},
		{"chunked and empty", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "application/octet-stream", "", "", -1},
		{"large", fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(large), large), "application/octet-stream", large, "", int64(len(large))},
	} {
		go io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\n"+test.octets)
		response, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatalf("%s: %v", test.why, err)
		}
		content, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != 200 || string(content) != test.content || response.ContentLength != test.length ||
			response.Header.Get("Content-Type") != test.contentType || response.Trailer.Get("Digest") != test.trailer {
			t.Errorf("%s: got %v, trailers %v, %d octets of content (%v)", test.why, response, response.Trailer, len(content), err)
		}
	}
}

func TestEchoBothWaysAtOnce(t *testing.T) {
	conn, in := dial(t, serve(t, "POST /", handlers.Echo(), actors.StreamBody()))
	io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n")
	wantOctets(t, "a client that waits is told (RFC 9110 §10.1.1)", in, "HTTP/1.1 100 Continue\r\n\r\n")
	io.WriteString(conn, "3\r\none\r\n")
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatalf("the response begins with the first piece: %v", err)
	}
	wantOctets(t, "the first piece comes back before the second is sent", response.Body, "one")
	for _, piece := range []string{"two", "three", "four"} {
		fmt.Fprintf(conn, "%x\r\n%s\r\n", len(piece), piece)
		wantOctets(t, "each piece comes back before the next is sent", response.Body, piece)
	}
	io.WriteString(conn, "0\r\n\r\n")
	if rest, err := io.ReadAll(response.Body); err != nil || len(rest) > 0 {
		t.Errorf("the end comes back too: got %q (%v)", rest, err)
	}
}

func TestEchoOfWhatIsNotWhole(t *testing.T) {
	address := serve(t, "POST /", handlers.Echo(), actors.StreamBody(), actors.MaxBody(4))
	for _, test := range []struct {
		why, octets string
		status      int
	}{
		{"a malformed chunk at first is refused (RFC 9112 §7.1)", "+3\r\none\r\n", 400},
		{"too much at first is refused (RFC 9110 §15.5.14)", "5\r\nthree\r\n", 413},
	} {
		conn, in := dial(t, address)
		io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"+test.octets)
		response, err := http.ReadResponse(in, nil)
		if err != nil || response.StatusCode != test.status {
			t.Fatalf("%s: got %v (%v)", test.why, response, err)
		}
		if _, err := io.ReadAll(response.Body); err != nil {
			t.Errorf("%s: its answer is whole: %v", test.why, err)
		}
	}
	for why, then := range map[string]string{
		"a malformed chunk behind the first": "+3\r\none\r\n", "too much behind the first": "2\r\nab\r\n", "the client is gone": "",
	} {
		conn, in := dial(t, address)
		io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
		response, err := http.ReadResponse(in, nil)
		if err != nil || response.StatusCode != 200 {
			t.Fatalf("%s: the response has begun: got %v (%v)", why, response, err)
		}
		wantOctets(t, why, response.Body, "one")
		if io.WriteString(conn, then); then == "" {
			conn.(*net.TCPConn).CloseWrite()
		}
		if rest, err := io.ReadAll(response.Body); err == nil || len(rest) > 0 {
			t.Errorf("%s: the echo has to be visibly incomplete (RFC 9112 §8), got %q and a clean end", why, rest)
		}
	}
}
