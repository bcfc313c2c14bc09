package actors

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"github.com/troupe-go/troupe/actors/internal/rawhttp"
	"io"
	"math"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// What no stock client does: a message that is wrong from some octet on, with more after it.
var wrongFromHere = []struct {
	name, begins, goesOn string
	status               int
}{
	{"not HTTP", "nonsense\r\n\r\n", "nonsense", 400},
	{"two lengths", "POST /limited HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "x", 400},
	{"a chunk without a size", "POST /limited HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "xxxxxxxx", 400},
	{"a long request line", "GET /", "xxxxxxxx", 414},
	{"a long field", "GET / HTTP/1.1\r\nHost: a\r\nX: ", "xxxxxxxx", 431},
	{"many fields", "GET / HTTP/1.1\r\nHost: a\r\n", "X: x\r\n", 431},
	{"a version that nobody speaks", "GET / HTTP/3.1\r\nHost: a\r\n\r\n", "xxxxxxxx", 505},
	{"a coding that nobody knows", "POST /limited HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: br, chunked\r\n\r\n", "xxxxxxxx", 501},
	{"no method", "BREW /limited HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", "xxxxxxxx", 501},
	{"a tunnel", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", "xxxxxxxx", 501},
	{"the last request of HTTP/1.0", "GET /read HTTP/1.0\r\n\r\n", "xxxxxxxx", 200},
	{"the last request of HTTP/1.1", "GET /read HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "xxxxxxxx", 200},
}

func TestAnAnswerReachesAClientThatGoesOnWithNonsense(t *testing.T) {
	t.Parallel()
	for way, serve := range waysToServe(t) {
		t.Run(way, func(t *testing.T) {
			server := earlyServer()
			address := overTCP(t, server, serve)
			var flooding sync.WaitGroup
			for range uploadTimes() / 10 {
				for _, test := range wrongFromHere {
					client := dialTCP(t, address)
					flooding.Go(func() {
						if err := floodAndRead(way, client, test.begins, test.goesOn, test.status); err != nil {
							t.Errorf("%s: want a %d, got %v", test.name, test.status, err)
						}
					})
				}
			}
			flooding.Wait()
			wantNothingHeld(t, server)
		})
	}
}

// floodAndRead sends on and on, while it reads the answer and the end.
func floodAndRead(way string, below *net.TCPConn, begins, goesOn string, status int) error {
	var client io.ReadWriter = below
	if way == "TLS" {
		client = tls.Client(below, &tls.Config{InsecureSkipVerify: true})
	}
	defer below.Close()
	sent := make(chan struct{})
	go func() {
		_, err := io.WriteString(client, begins)
		for more := []byte(strings.Repeat(goesOn, 32<<10/len(goesOn))); err == nil; {
			_, err = client.Write(more)
		}
		close(sent)
	}()
	answer := bufio.NewReader(client)
	response, err := rawhttp.ReadResponse(answer, "GET")
	if err != nil {
		return err
	}
	if response.StatusCode() != status {
		return fmt.Errorf("a %s", response.Status)
	}
	if _, err := answer.ReadByte(); err != io.EOF {
		return fmt.Errorf("no end after it: %w", err)
	}
	select {
	case <-sent: // the socket is closed when the time to linger is over
	case <-time.After(lingerTimeout + patience):
		return errors.New("an answer, and a socket that stays open")
	}
	return nil
}

// A client may send all, end its side, and only then read.
func TestAnAnswerReachesAClientThatHasEndedItsSide(t *testing.T) {
	t.Parallel()
	for way, serve := range waysToServe(t) {
		t.Run(way, func(t *testing.T) {
			server := earlyServer()
			address := overTCP(t, server, serve)
			for range uploadTimes() {
				client := dialTCP(t, address)
				var stream interface {
					io.ReadWriter
					CloseWrite() error
				} = client
				if way == "TLS" {
					stream = tls.Client(client, &tls.Config{InsecureSkipVerify: true})
				}
				client.SetDeadline(time.Now().Add(patience))
				fmt.Fprintf(stream, "POST /limited HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", largeUpload)
				stream.Write(make([]byte, discardLimit/2))
				if err := stream.CloseWrite(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Millisecond)
				if answer, err := io.ReadAll(stream); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 413 ") {
					t.Errorf("want the answer and its end, got %q, %v", answer, err)
				}
				client.Close()
			}
			wantNothingHeld(t, server)
		})
	}
}

// A client may ask whether its content is wanted, and leave whatever the answer is.
func TestAClientThatGoesInsteadOfSendingItsContent(t *testing.T) {
	t.Parallel()
	for way, serve := range waysToServe(t) {
		t.Run(way, func(t *testing.T) {
			server := earlyServer()
			address := overTCP(t, server, serve)
			for i := range uploadTimes() {
				client := dialTCP(t, address)
				var stream io.ReadWriter = client
				if way == "TLS" {
					stream = tls.Client(client, &tls.Config{InsecureSkipVerify: true})
				}
				path := []string{"/held", "/pulls", "/none", "/early"}[i%4]
				fmt.Fprintf(stream, "POST %s HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 500000\r\n\r\n", path)
				if i%3 > 0 {
					client.SetDeadline(time.Now().Add(patience))
					line := make([]byte, len("HTTP/1.1 100"))
					if _, err := io.ReadFull(stream, line); err != nil {
						t.Errorf("%s: want to be told, got %q, %v", path, line, err)
					}
				}
				if i%3 > 1 {
					client.SetLinger(0) // a reset
				}
				client.Close()
			}
			wantNothingHeld(t, server)
		})
	}
}

// A stopped server answers as well, and waits until a client that still sends has read the answer.
func TestAnAnswerReachesAClientThatStillSendsWhenTheServerIsStopped(t *testing.T) {
	t.Parallel()
	for way, serve := range waysToServe(t) {
		t.Run(way, func(t *testing.T) {
			server := NewServer(Config{Logger: noLog})
			handle(server, "POST /", saying("?"), MaxBody(math.MaxInt64))
			handle(server, "POST /pulls", actorOf(pullAll), StreamBody())
			handle(server, "POST /waits", mute(), StreamBody())
			on, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			served := make(chan error, 1)
			go func() { served <- serve(server, on) }()
			u := newUploader(t, way, on.Addr().String())
			var uploading sync.WaitGroup
			for i := range uploadTimes() {
				request := u.upload([]string{"/", "/pulls", "/waits"}[i%3], endless{time.Millisecond}, -1)
				uploading.Go(func() {
					if err := u.answered(request, 503); err != nil {
						t.Errorf("%s: want a 503, got %v", request.URL.Path, err)
					}
				})
			}
			for server.env.begun() < uploadTimes() {
				time.Sleep(time.Millisecond)
			}
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			if err := server.Shutdown(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("it was not over: want %v, got %v", context.Canceled, err)
			}
			if err := <-served; !errors.Is(err, ErrServerClosed) {
				t.Errorf("Serve says why it ended: %v", err)
			}
			if n := server.env.lingering.Load(); n != 0 {
				t.Errorf("nothing is left behind: want no socket, got %d", n)
			}
			uploading.Wait()
		})
	}
}

// begun is how many connections are in an exchange.
func (env *env) begun() (n int) {
	env.connections.mu.Lock()
	defer env.connections.mu.Unlock()
	for _, s := range env.connections.all {
		if s.client.idleSince.Load() == 0 {
			n++
		}
	}
	return n
}
