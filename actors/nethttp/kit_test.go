package nethttp_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/nethttp"
)

// A site is a server with one net/http handler, and what it has logged.
type site struct {
	url    string
	server *actors.Server
	log    *lines
}

// lines is what a server has logged.
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

func serve(t *testing.T, h http.HandlerFunc, options ...actors.RouteOption) *site {
	t.Helper()
	s := &site{log: &lines{}}
	s.server = actors.NewServer(actors.Config{Logger: slog.New(slog.NewTextHandler(s.log, nil))})
	s.server.Handle("/", nethttp.Handler(h), options...)
	on, err := actors.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	wait, err := s.server.Start(on)
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + on.Addr().String()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.server.Shutdown(ctx); err != nil {
			t.Error("Shutdown:", err)
		}
		wait()
	})
	return s
}

var quiet = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)

func (s *site) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	return conn
}

// do sends a request, and returns the response with its content; err is why that broke off.
func (s *site) do(t *testing.T, method, path string, body io.Reader, fields ...string) (*http.Response, string, error) {
	t.Helper()
	request, err := http.NewRequest(method, s.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		request.Header.Add(fields[i], fields[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return response, string(content), err
}
