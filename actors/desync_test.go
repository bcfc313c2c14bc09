package actors

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// For random streams of valid and broken requests, the server answers a prefix of the requests that an independent
// parser finds, then at most one error, and then nothing: it never answers a request that was not sent, such as one
// inside the content of another.
func TestAnswersAreAPrefixOfWhatWasAsked(t *testing.T) {
	address := serveEchoes(t)
	const streams = 1000
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	for range streams {
		octets := randomStream(random)
		asked := independentReading(octets)
		answered, errors := exchangeAll(t, address, octets)
		for i, answer := range answered {
			if i >= len(asked) || asked[i] != answer {
				t.Fatalf("answer %d is to %q, which was not asked there (%q)\nseed %d, octets:\n%q", i, answer, asked, seed, octets)
			}
		}
		if errors > 1 {
			t.Fatalf("%d errors were answered, and after the first nothing is read\nseed %d, octets:\n%q", errors, seed, octets)
		}
	}
}

// serveEchoes serves what it was asked: method, target and content.
func serveEchoes(t *testing.T) string {
	server := NewServer(Config{Logger: slog.New(slog.DiscardHandler)})
	handle(server, "/", actor.PropsFromFunc(func(ctx actor.Context) {
		if r, ok := ctx.Message().(*Request); ok {
			ctx.Respond(r.Bytes(200, "", fmt.Appendf(nil, "%s %s %x", r.Method(), r.head.Target.Raw, r.Body)))
		}
	}))
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(on) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		server.Shutdown(ctx)
		<-served
	})
	return on.Addr().String()
}

// randomStream makes some requests whose contents look like requests, and may break one octet or line of them.
func randomStream(random *rand.Rand) []byte {
	var stream []byte
	for i := range 1 + random.IntN(5) {
		hidden := fmt.Sprintf("GET /hidden/%d HTTP/1.1\r\nHost: a\r\n\r\n", i)
		switch random.IntN(3) {
		case 0:
			stream = fmt.Appendf(stream, "GET /plain/%d HTTP/1.1\r\nHost: a\r\n\r\n", i)
		case 1:
			stream = fmt.Appendf(stream, "POST /sized/%d HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", i, len(hidden), hidden)
		case 2:
			stream = fmt.Appendf(stream, "POST /chunked/%d HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", i, len(hidden), hidden)
		}
	}
	if random.IntN(4) == 0 {
		return stream
	}
	at := random.IntN(len(stream))
	// No comma: ",chunked" is a list with an empty element, which we must take (RFC 9110 §5.6.1.2) and
	// net/http does not.
	pieces := []string{
		"\r", "\n", "\r\n", " ", "\t", "\x00", ":", ";", "0", "+", "-", "x", "\xff",
		"Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: \x0bchunked\r\n",
		"Content-Length : 0\r\n", "0\r\n\r\n", "Host: b\r\n", " folded\r\n",
	}
	piece := pieces[random.IntN(len(pieces))]
	if random.IntN(2) == 0 { // after a line, where a line does most harm
		if line := bytes.IndexByte(stream[at:], '\n'); line >= 0 {
			at += line + 1
		}
	}
	cut := min(random.IntN(2), len(stream)-at)
	return []byte(string(stream[:at]) + piece + string(stream[at+cut:]))
}

// independentReading is what net/http finds, which is more lenient than we are.
func independentReading(octets []byte) (asked []string) {
	from := bufio.NewReader(bytes.NewReader(octets))
	for {
		for empty, _ := from.Peek(2); string(empty) == "\r\n"; empty, _ = from.Peek(2) {
			from.Discard(2) // net/http knows no empty lines before a request (RFC 9112 §2.2)
		}
		request, err := http.ReadRequest(from)
		if err != nil {
			return asked
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return asked
		}
		asked = append(asked, fmt.Sprintf("%s %s %x", request.Method, request.RequestURI, body))
	}
}

// exchangeAll sends the octets, then the end, and reads what comes.
func exchangeAll(t *testing.T, address string, octets []byte) (answered []string, errors int) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	conn.Write(octets)
	conn.(*net.TCPConn).CloseWrite()
	from := bufio.NewReader(conn)
	for {
		response, err := http.ReadResponse(from, nil)
		if err != nil {
			return answered, errors
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatalf("a response is not complete: %v\n%q", err, octets)
		}
		if response.StatusCode == 200 {
			answered = append(answered, string(body))
		} else if !strings.HasPrefix(response.Status, "100") {
			errors++
		}
	}
}
