package actors

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// silentStream serves a stream that says hello, and then nothing until it is told to go on.
func silentStream(t *testing.T, serve func(*Server, net.Listener) error) (address string, requests chan *Request, goOn func()) {
	t.Helper()
	server := NewServer(Config{Logger: slog.New(slog.DiscardHandler)})
	requests, next := make(chan *Request, 1), make(chan struct{})
	handle(server, "GET /", Func(func(r *Request) *Response {
		requests <- r
		pieces := 0
		return r.Stream(200, nil, actor.PropsFromFunc(func(ctx actor.Context) {
			demand, ok := ctx.Message().(*ReadBody)
			if !ok {
				return
			}
			switch pieces++; pieces {
			case 1:
				ctx.Respond(demand.Data([]byte("hello")))
			case 2:
				go func() { <-next; ctx.Respond(demand.Data([]byte(", world"))) }()
			default:
				ctx.Respond(demand.End(nil))
			}
		}))
	}))
	on, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go serve(server, on)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
	return on.Addr().String(), requests, func() { close(next) }
}

// A client that leaves a silent stream is noticed at once, and not with the next piece.
func TestAGoneClientOfASilentStreamIsNoticedAtOnce(t *testing.T) {
	certFile, keyFile := writePair(t, t.TempDir(), 1)
	for name, secure := range map[string]bool{"plain": false, "over TLS": true} {
		for way, leave := range map[string]func(net.Conn){
			"it closes": func(c net.Conn) { c.Close() },
			"it resets": func(c net.Conn) { c.(*net.TCPConn).SetLinger(0); c.Close() },
		} {
			t.Run(name+", "+way, func(t *testing.T) {
				serve := (*Server).Serve
				if secure {
					serve = func(s *Server, on net.Listener) error { return s.ServeTLS(on, certFile, keyFile) }
				}
				address, requests, goOn := silentStream(t, serve)
				defer goOn()
				below, err := net.Dial("tcp", address)
				if err != nil {
					t.Fatal(err)
				}
				client := below
				if secure {
					client = tls.Client(below, &tls.Config{InsecureSkipVerify: true})
				}
				io.WriteString(client, get)
				buffer := make([]byte, 1<<10)
				for n := 0; string(buffer[max(n-7, 0):n]) != "hello\r\n"; {
					m, err := client.Read(buffer[n:])
					if n += m; err != nil {
						t.Fatal(err)
					}
				}
				r := <-requests
				if r.Context().Err() != nil {
					t.Fatal("the client is there")
				}
				if way == "it closes" {
					leave(client)
				} else {
					leave(below)
				}
				select {
				case <-r.Context().Done():
					if context.Cause(r.Context()) != ErrClientGone {
						t.Errorf("want it gone, got %v", context.Cause(r.Context()))
					}
				case <-time.After(10 * time.Second):
					t.Error("nobody has noticed")
				}
			})
		}
	}
}

// A client that has only ended its side reads the whole stream.
func TestAHalfClosedClientGetsItsStream(t *testing.T) {
	address, requests, goOn := silentStream(t, (*Server).Serve)
	client, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	io.WriteString(client, get)
	r := <-requests
	client.(*net.TCPConn).CloseWrite()
	response, err := http.ReadResponse(bufio.NewReader(client), nil)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond) // the zero is on its way
	if r.Context().Err() != nil {
		t.Errorf("it waits, got %v", context.Cause(r.Context()))
	}
	goOn()
	if content, err := io.ReadAll(response.Body); string(content) != "hello, world" || err != nil {
		t.Errorf("got %q, %v", content, err)
	}
}

// A Context that is asked for only after it has ended still tells why.
func TestAContextThatIsAskedForLateSaysWhy(t *testing.T) {
	address, requests, goOn := silentStream(t, (*Server).Serve)
	defer goOn()
	client, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(client, get)
	r := <-requests
	client.(*net.TCPConn).SetLinger(0)
	client.Close()
	for end := time.Now().Add(10 * time.Second); !r.progress.over.Load(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nobody has noticed")
		}
	}
	if cause := context.Cause(r.Context()); cause != ErrClientGone {
		t.Errorf("want %v, got %v", ErrClientGone, cause)
	}
}
