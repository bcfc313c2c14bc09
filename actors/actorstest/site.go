package actorstest

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// A Site is a server that a test asks. Its methods may be called from any goroutine; those that can fail the test at
// once, from that of the test.
type Site struct {
	t      testing.TB
	server *actors.Server
	crashes
	memory
}

// Serve starts a server for a test, and shuts it down at the end of the test. The server needs no listener. A panic of
// a handler, or of a function that the server calls, fails the test: see [Site.ExpectCrash].
func Serve(t testing.TB, server *actors.Server) *Site {
	t.Helper()
	s := &Site{t: t, server: server}
	s.watch(server)
	t.Cleanup(s.close)
	return s
}

// Server is the server of the site.
func (s *Site) Server() *actors.Server { return s.server }

// patience is how long anything takes at most, on the clock of the test.
const patience = 10 * time.Second

// close shuts the server down, and fails the test if an actor has crashed unexpectedly.
func (s *Site) close() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		s.t.Errorf("the server does not shut down: %v", err)
	}
	if inBubble() {
		time.Sleep(2 * time.Second) // a goroutine of the actor library ends by itself after one
	}
	s.judge(s.t)
}

// inBubble reports whether the clock is that of testing/synctest, which begins in the year 2000.
func inBubble() bool { return time.Now().Year() < 2020 }

// Get sends a request for a path with a query, or a URL with a host. The fields are names and values in turn.
func (s *Site) Get(target string, fields ...string) *Reply {
	s.t.Helper()
	return s.Do(with(s.t, actors.NewRequest("GET", target, nil), fields))
}

// Post sends content of a media type.
func (s *Site) Post(target, contentType, content string, fields ...string) *Reply {
	s.t.Helper()
	request := actors.NewRequest("POST", target, []byte(content)).With("Content-Type", contentType)
	return s.Do(with(s.t, request, fields))
}

// PostJSON sends a value as JSON.
func (s *Site) PostJSON(target string, value any, fields ...string) *Reply {
	s.t.Helper()
	content, err := json.Marshal(value)
	if err != nil {
		s.t.Fatalf("POST %s: %v", target, err)
	}
	return s.Post(target, "application/json", string(content), fields...)
}

// Do sends a request of actors.NewRequest. The test fails if there is no response within 10 seconds; on a fake clock,
// within an hour.
func (s *Site) Do(request *actors.Request) *Reply {
	s.t.Helper()
	longest := patience
	if inBubble() {
		longest = time.Hour // of a clock that does not take that long
	}
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	what := request.Method() + " " + request.Target()
	response, err := s.server.Do(ctx, request)
	if err != nil {
		s.t.Fatalf("%s: %v", what, err)
	}
	return &Reply{Response: response, t: s.t, what: what}
}

func with(t testing.TB, request *actors.Request, fields []string) *actors.Request {
	t.Helper()
	if len(fields)%2 != 0 {
		t.Fatalf("%q: fields are names and values in turn", fields)
	}
	for i := 0; i < len(fields); i += 2 {
		request.With(fields[i], fields[i+1])
	}
	return request
}

// Logger is a logger whose lines go to the log of the test.
func Logger(t testing.TB) *slog.Logger {
	to := &testLog{t: t}
	t.Cleanup(to.end)
	return slog.New(slog.NewTextHandler(to, nil))
}

// A testLog drops what comes after the end of its test.
type testLog struct {
	mu    sync.Mutex
	t     testing.TB
	ended bool
}

func (l *testLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended {
		l.t.Output().Write(line)
	}
	return len(line), nil
}

func (l *testLog) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
}
