package actors

import (
	"crypto/tls"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
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
	handle(server, "POST /limited", saying("?"), MaxBody(discardLimit+1))
	handle(server, "POST /pulls", actorOf(pullAll), StreamBody(), MaxBody(discardLimit+1))
	handle(server, "GET /read", saying("?"))
	handle(server, "POST /held", saying("?"), MaxBody(math.MaxInt64))
	handle(server, "POST /crash", answering(func(*Request) *Response { panic("asked to") }), StreamBody())
	handle(server, "POST /early", saying("hello"), StreamBody())
	handle(server, "POST /long", saying(strings.Repeat("hello", turnSize)), StreamBody())
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
			handle(server, "POST /", saying("?"), MaxBody(math.MaxInt64))
			u := newUploader(t, way, overTCP(t, server, serve))
			u.wantAnswered("too slow", func() *http.Request { return u.upload("/", endless{time.Millisecond}, -1) }, 408)
			wantNothingHeld(t, server)
		})
	}
}

// A client over the limit gets its refusal, whatever it sends.
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
			handle(server, "/", mute())
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
