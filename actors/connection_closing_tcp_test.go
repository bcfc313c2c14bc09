package actors

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// endless is content that comes as fast as it is taken, or after a pause each time.
type endless struct{ pause time.Duration }

func (e endless) Read(octets []byte) (int, error) { time.Sleep(e.pause); return len(octets), nil }

// largeUpload is more octets than any route takes, any buffer of the kernel holds, and anybody discards.
const largeUpload = 9 << 20

// earlyAnswers are those that the server gives while the client still sends.
var earlyAnswers = []struct {
	name, path, expect string
	chunked            bool
	status             int
}{
	{"too large, as its head says", "/limited", "", false, 413},
	{"too large, as it comes", "/limited", "", true, 413},
	{"too large for a handler that pulls", "/pulls", "", true, 413},
	{"no such resource", "/none", "", false, 404},
	{"no such resource, chunked", "/none", "", true, 404},
	{"no such method", "/read", "", false, 405},
	{"an expectation that nobody meets", "/limited", "miracles", false, 417},
	{"no room", "/held", "", true, 503},
	{"a crash", "/crash", "", true, 500},
	{"a handler that does not look", "/early", "", false, 200},
	{"a handler that does not look, chunked", "/early", "", true, 200},
	{"an answer in pieces", "/long", "", true, 200},
}

// earlyServer gives them.
func earlyServer() *Server {
	server := NewServer(Config{Logger: noLog, MaxContent: 1 << 20})
	server.Handle("POST /limited", saying("?"), MaxBody(discardLimit+1))
	server.Handle("POST /pulls", actorOf(pullAll), StreamBody(), MaxBody(discardLimit+1))
	server.Handle("GET /read", saying("?"))
	server.Handle("POST /held", saying("?"), MaxBody(math.MaxInt64))
	server.Handle("POST /crash", answering(func(*Request) *Response { panic("asked to") }), StreamBody())
	server.Handle("POST /early", saying("hello"), StreamBody())
	server.Handle("POST /long", saying(strings.Repeat("hello", turnSize)), StreamBody())
	return server
}

// uploadTimes is how often a test uploads.
func uploadTimes() int {
	if testing.Short() {
		return 10
	}
	return 60
}

// An uploader is a client of package net/http, which reads while it writes.
type uploader struct {
	t      *testing.T
	base   string
	client *http.Client
}

func newUploader(t *testing.T, way, address string) *uploader {
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	t.Cleanup(transport.CloseIdleConnections)
	scheme := "http://"
	if way == "TLS" {
		scheme = "https://"
	}
	return &uploader{t, scheme + address, &http.Client{Transport: transport, Timeout: patience}}
}

// wantAnswered wants each upload to get its answer.
func (u *uploader) wantAnswered(why string, upload func() *http.Request, status int) {
	u.t.Helper()
	var last error
	lost, times := 0, uploadTimes()
	for range times {
		if err := u.answered(upload(), status); err != nil {
			last = err
			lost++
		}
	}
	if lost > 0 {
		u.t.Errorf("%s: of %d uploads %d did not get a %d, for example: %v", why, times, lost, status, last)
	}
}

func (u *uploader) answered(request *http.Request, status int) error {
	response, err := u.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.ReadAll(response.Body); err != nil {
		return err
	}
	if response.StatusCode != status {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}

// upload is a request with content.
func (u *uploader) upload(path string, content io.Reader, length int64) *http.Request {
	request, err := http.NewRequest("POST", u.base+path, content)
	if err != nil {
		u.t.Fatal(err)
	}
	request.ContentLength = length
	return request
}

// An answer is never lost to a reset because the client still sends (RFC 9112 §9.6).
func TestAnAnswerReachesAClientThatStillSends(t *testing.T) {
	t.Parallel()
	for way, serve := range waysToServe(t) {
		t.Run(way, func(t *testing.T) {
			server := earlyServer()
			u := newUploader(t, way, overTCP(t, server, serve))
			for _, test := range earlyAnswers {
				u.wantAnswered(test.name, func() *http.Request {
					length := int64(largeUpload)
					if test.chunked {
						length = -1
					}
					request := u.upload(test.path, io.LimitReader(endless{}, largeUpload), length)
					if test.expect != "" {
						request.Header.Set("Expect", test.expect)
					}
					return request
				}, test.status)
			}
			wantNothingHeld(t, server)
		})
	}
}

// A client that is too slow for the server may well be fast, and so still sends when it is told.
func TestA408ReachesAClientThatStillSends(t *testing.T) {
	t.Parallel()
	for way, serve := range waysToServe(t) {
		t.Run(way, func(t *testing.T) {
			server := NewServer(Config{Logger: noLog, BodyTimeout: 10 * time.Millisecond, BodyRate: math.MaxInt32})
			server.Handle("POST /", saying("?"), MaxBody(math.MaxInt64))
			u := newUploader(t, way, overTCP(t, server, serve))
			u.wantAnswered("too slow", func() *http.Request { return u.upload("/", endless{time.Millisecond}, -1) }, 408)
			wantNothingHeld(t, server)
		})
	}
}

// A client that there is no place for is told so, whatever it sends.
func TestARefusalReachesAClientThatStillSends(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		config Config
		status int
	}{
		{"its address has too many connections", Config{MaxConnectionsPerPeer: 1}, 429},
		{"the server has too many connections", Config{MaxConnections: 1, MaxConnectionsPerPeer: -1}, 503},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.config.Logger = noLog
			server := NewServer(test.config)
			server.Handle("/", mute())
			address := overTCP(t, server, (*Server).Serve)
			busy := dialTCP(t, address)
			io.WriteString(busy, get)
			for server.env.begun() == 0 {
				time.Sleep(time.Millisecond)
			}
			u := newUploader(t, "TCP", address)
			u.wantAnswered(test.name, func() *http.Request { return u.upload("/", io.LimitReader(endless{}, largeUpload), largeUpload) }, test.status)
			busy.Close()
			wantNothingHeld(t, server)
		})
	}
}

// wantNothingHeld wants the server to have let everything go when the time to close is over.
func wantNothingHeld(t *testing.T, server *Server) {
	t.Helper()
	env := server.env
	held := func() string {
		env.connections.mu.Lock()
		defer env.connections.mu.Unlock()
		if lingering, all := env.lingering.Load(), len(env.connections.all); lingering != 0 || all != 0 || env.content.held.Load() != 0 {
			return fmt.Sprintf("%d connections, of which %d linger, and %d octets of content", all, lingering, env.content.held.Load())
		}
		return ""
	}
	for giveUp := time.Now().Add(lingerTimeout + patience); held() != ""; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(giveUp) {
			t.Fatalf("want nothing held, got %s", held())
		}
	}
}

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
	response, err := http.ReadResponse(answer, nil)
	if err != nil {
		return err
	}
	if _, err := io.ReadAll(response.Body); err != nil {
		return err
	}
	if response.StatusCode != status {
		return fmt.Errorf("a %d", response.StatusCode)
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

// A client may ask whether its content is wanted, and go whatever it is told.
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

// A server that is stopped answers as well, and waits until a client that still sends has read that.
func TestAnAnswerReachesAClientThatStillSendsWhenTheServerIsStopped(t *testing.T) {
	t.Parallel()
	for way, serve := range waysToServe(t) {
		t.Run(way, func(t *testing.T) {
			server := NewServer(Config{Logger: noLog})
			server.Handle("POST /", saying("?"), MaxBody(math.MaxInt64))
			server.Handle("POST /pulls", actorOf(pullAll), StreamBody())
			server.Handle("POST /waits", mute(), StreamBody())
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
func (env *environment) begun() (n int) {
	env.connections.mu.Lock()
	defer env.connections.mu.Unlock()
	for _, s := range env.connections.all {
		if s.idleSince.Load() == 0 {
			n++
		}
	}
	return n
}
