//go:build !race

package actors

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/troupe-go/troupe/actors/internal/duplex"
)

// The race detector allocates, so the ceilings are not built with it.

// exchanges serves an in-memory client, and returns what one exchange of it does.
func exchanges(t *testing.T, request string, length int, answer func(*Request) *Response) func() {
	server := NewServer(Config{Logger: noLog})
	handle(server, "GET /", answering(answer))
	on := newPipeListener()
	go server.Serve(on)
	client, conn := duplex.New()
	on.accepts <- acceptance{conn: conn}
	t.Cleanup(func() {
		client.Close()
		if err := server.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	octets, response := []byte(request), make([]byte, length)
	return func() {
		if _, err := client.Write(octets); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(client, response); err != nil {
			t.Fatal(err)
		}
	}
}

var (
	smallAnswer   = []byte("Hello, World!\n")
	smallResponse = len("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nKeep-Alive: timeout=5\r\nContent-Type: text/plain\r\n"+
		"Content-Length: 14\r\nConnection: keep-alive\r\n\r\n") + len(smallAnswer)
)

func answerSmall(r *Request) *Response { return r.Bytes(200, "text/plain", smallAnswer) }

func TestAllocsOfAnExchange(t *testing.T) {
	tests := []struct {
		name, request string
		exchanges     int
		ceiling       float64 // for each exchange
	}{
		// What counts: the string that the head and its fields share (wire), the Request with its head
		// and its envelope, the Response. Nothing for the mailboxes, the dispatcher, the timers and
		// the buffers.
		{"one at a time", get, 1, 3},
		// A sixteenth for the buffer of the octets that wait in the decoder.
		{"16 pipelined", strings.Repeat(get, 16), 16, 3 + 1.0/16},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			exchange := exchanges(t, test.request, test.exchanges*smallResponse, answerSmall)
			got := testing.AllocsPerRun(2000, exchange) / float64(test.exchanges)
			if t.Logf("%v allocations for each exchange", got); got > test.ceiling {
				t.Errorf("an exchange takes %v allocations, the ceiling is %v", got, test.ceiling)
			}
		})
	}
}
