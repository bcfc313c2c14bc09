// Package compat_test runs handlers and middleware of the net/http world on Troupe, as their users would. Each subject
// has a file; docs/reference/net-http-compatibility.md has a row for each file.
package compat_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/nethttp"
)

// A site is a server that has the handler of a test.
type site struct {
	url    string
	client *http.Client // follows no redirects, and does not decompress
	troupe bool
}

// lines is a text that grows.
type lines struct {
	mu  sync.Mutex
	all strings.Builder
}

func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(line)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// each runs a test under Troupe, and under net/http's own server: what the test wants must be right there too. It makes
// a handler for each.
func each(t *testing.T, handler func() http.Handler, test func(t *testing.T, s *site)) {
	for name, on := range map[string]func(testing.TB, http.Handler) *site{"Troupe": onTroupe, "net/http": onNetHTTP} {
		t.Run(name, func(t *testing.T) {
			wantNoGoroutinesLeft(t)
			test(t, on(t, handler()))
		})
	}
}

func onTroupe(t testing.TB, h http.Handler) *site {
	t.Helper()
	s := &site{troupe: true}
	server := actors.NewServer(actors.Config{Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))})
	server.Handle("/", nethttp.Handler(h), actors.StreamBody())
	on, err := actors.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	wait, err := server.Start(on)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			t.Error("Shutdown:", err)
		}
		wait()
	})
	s.url = "http://" + on.Addr().String()
	s.client = newClient(t)
	return s
}

func onNetHTTP(t testing.TB, h http.Handler) *site {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = discarded
	server.Start()
	t.Cleanup(server.Close)
	return &site{url: server.URL, client: newClient(t)}
}

var discarded = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)

func newClient(t testing.TB) *http.Client {
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport:     transport,
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// do sends a request. The fields are names and values.
func (s *site) do(t *testing.T, method, path, content string, fields ...string) (*http.Response, string) {
	t.Helper()
	response, body, err := s.try(method, path, content, fields...)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return response, body
}

// try is do for what may fail.
func (s *site) try(method, path, content string, fields ...string) (*http.Response, string, error) {
	var body io.Reader
	if content != "" {
		body = strings.NewReader(content)
	}
	request, err := http.NewRequest(method, s.url+path, body)
	if err != nil {
		return nil, "", err
	}
	for i := 0; i < len(fields); i += 2 {
		request.Header.Add(fields[i], fields[i+1])
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response, string(text), err
}

// get wants a status, and returns the content.
func (s *site) get(t *testing.T, path string, status int) string {
	t.Helper()
	response, content := s.do(t, "GET", path, "")
	wantStatus(t, response, status)
	return content
}

func (s *site) dial(t testing.TB) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn
}

func wantStatus(t *testing.T, response *http.Response, status int) {
	t.Helper()
	if response.StatusCode != status {
		t.Errorf("%s %s: got %s, want %d", response.Request.Method, response.Request.URL.Path, response.Status, status)
	}
}

func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %.400s, want %.400s", what, fmt.Sprint(got), fmt.Sprint(want))
	}
}

func wantIn(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%.400q lacks %q", text, part)
	}
}
