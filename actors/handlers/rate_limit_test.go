package handlers_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/actorstest"
	"github.com/troupe-go/troupe/actors/handlers"
)

// bubble runs a test by a fake clock, with a server whose route is limited.
func bubble(t *testing.T, options handlers.RateLimitOptions, test func(t *testing.T, server *actors.Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
		server.Handle("GET /", hello, handlers.ForwardedFor("X-Forwarded-For", handlers.UnixSocket()), handlers.RateLimit(options))
		test(t, server)
		server.Close()
		time.Sleep(2 * time.Second) // the library's throttle of dead letters is a goroutine for one
	})
}

// from asks as a client with that address; "" for none.
func from(t *testing.T, server *actors.Server, address string) *actors.Response {
	t.Helper()
	request := ask("GET", "/")
	if address != "" {
		request.With("X-Forwarded-For", address)
	}
	return call(t, server, request)
}

// wantLimit fails the test unless a request has that status, and the fields say how many are left, and for how long.
func wantLimit(t *testing.T, why string, response *actors.Response, status, left, seconds int) {
	t.Helper()
	wantStatus(t, why, response, status)
	wantField(t, why, response, "RateLimit", fmt.Sprintf(`"default";r=%d;t=%d`, left, seconds))
	retry := ""
	if status == 429 {
		retry = fmt.Sprint(seconds)
	}
	wantField(t, why, response, "Retry-After", retry)
}

func TestRateLimit(t *testing.T) {
	bubble(t, handlers.RateLimitOptions{Requests: 6, Per: time.Minute, Burst: 3}, func(t *testing.T, server *actors.Server) {
		const ada, bob = "192.0.2.1", "192.0.2.2"
		first := from(t, server, ada)
		wantField(t, "the policy", first, "RateLimit-Policy", `"default";q=6;w=60`)
		wantLimit(t, "the first", first, 200, 2, 10)
		time.Sleep(time.Second / 2)
		wantLimit(t, "the second", from(t, server, ada), 200, 1, 10) // 9.5 s
		time.Sleep(3 * time.Second)
		wantLimit(t, "the last", from(t, server, ada), 200, 0, 7) // 6.5 s
		refused := from(t, server, ada)
		wantLimit(t, "too many", refused, 429, 0, 7)
		wantField(t, "the policy", refused, "RateLimit-Policy", `"default";q=6;w=60`)
		wantLimit(t, "somebody else", from(t, server, bob), 200, 2, 10)
		time.Sleep(6500*time.Millisecond - 1)
		wantLimit(t, "refused ones do not count, and it is a nanosecond too early", from(t, server, ada), 429, 0, 1)
		time.Sleep(time.Nanosecond)
		wantLimit(t, "one came back", from(t, server, ada), 200, 0, 10)
		time.Sleep(30*time.Second - 1)
		wantLimit(t, "nearly all came back", from(t, server, ada), 200, 1, 1)
		time.Sleep(time.Hour)
		wantLimit(t, "never more than the burst", from(t, server, ada), 200, 2, 10)
	})
}

func TestRateLimitIsARate(t *testing.T) {
	bubble(t, handlers.RateLimitOptions{Requests: 7, Per: time.Second}, func(t *testing.T, server *actors.Server) {
		admitted := 0
		for range 10_000 {
			if from(t, server, "").Status == 200 {
				admitted++
			}
			time.Sleep(time.Millisecond)
		}
		if admitted < 7+69 || admitted > 7+70 {
			t.Errorf("in 10 s: want a burst and 7 per second, got %d", admitted)
		}
	})
}

func TestRateLimitTellsClientsApart(t *testing.T) {
	bubble(t, handlers.RateLimitOptions{Requests: 1, Per: time.Minute}, func(t *testing.T, server *actors.Server) {
		for _, test := range []struct {
			why, address string
			status       int
		}{
			{"an address", "192.0.2.1", 200},
			{"the same", "192.0.2.1", 429},
			{"the same in another form", "::ffff:192.0.2.1", 429},
			{"a neighbour", "192.0.2.2", 200},
			{"IPv6", "2001:db8::1", 200},
			{"a host can choose these 64 bits", "2001:db8::ffff:ffff:ffff:ffff", 429},
			{"another network", "2001:db8:0:1::1", 200},
			{"a link is one network", "fe80::1", 200},
			{"of many hosts", "fe80::2", 200},
			{"the same host", "fe80::2", 429},
			{"the network of no address", "::", 200},
			{"no address, as on a Unix socket", "", 200},
			{"all without an address are one", "", 429},
		} {
			wantStatus(t, test.why, from(t, server, test.address), test.status)
		}
	})
}

func TestRateLimitWithAKey(t *testing.T) {
	key := func(r *actors.Request) string { return r.Field("X-Key") }
	server := newServer(t)
	limit := handlers.RateLimit(handlers.RateLimitOptions{Requests: 1, Per: time.Hour, Key: key})
	server.Handle("GET /a", hello, limit)
	server.Handle("GET /b", hello, limit)
	server.Handle("GET /c", hello, handlers.RateLimit(handlers.RateLimitOptions{Requests: 1, Per: time.Hour, Key: key}))
	for _, test := range []struct {
		why, path, key string
		status         int
	}{
		{"a key", "/a", "x", 200}, {"again", "/a", "x", 429}, {"another", "/a", "y", 200}, {"none is a key as well", "/a", "", 200},
		{"one limit for both routes", "/b", "x", 429}, {"a limit of its own", "/c", "x", 200},
	} {
		wantStatus(t, test.why, call(t, server, ask("GET", test.path, "X-Key: "+test.key)), test.status)
	}
}

func TestTwoRateLimits(t *testing.T) {
	server := newServer(t)
	group := server.Group("", handlers.RateLimit(handlers.RateLimitOptions{Requests: 3, Per: time.Hour, Name: "hourly"}))
	group.Handle("GET /", hello, handlers.RateLimit(handlers.RateLimitOptions{Requests: 1, Per: 1500 * time.Millisecond, Name: "quick"}))
	first := call(t, server, ask("GET", "/"))
	wantField(t, "both policies; a window is of whole seconds", first, "RateLimit-Policy", `"quick";q=1, "hourly";q=3;w=3600`)
	wantField(t, "both quotas", first, "RateLimit", `"quick";r=0;t=2, "hourly";r=2;t=1200`)
	refused := call(t, server, ask("GET", "/", "Accept: application/json"))
	wantStatus(t, "the stricter one", refused, 429)
	var problem struct {
		Type     string
		Violated []string `json:"violated-policies"`
	}
	if err := json.Unmarshal(refused.Body, &problem); err != nil || !strings.HasSuffix(problem.Type, "#quota-exceeded") || !slices.Equal(problem.Violated, []string{"quick"}) {
		t.Errorf("the problem says which, got %s", refused.Body)
	}
}

// However many clients there are, those that are remembered are bounded, and none is refused because of others. Whoever
// has used up its requests stays refused.
func TestRateLimitForgetsWhoHasTheMostLeft(t *testing.T) {
	bubble(t, handlers.RateLimitOptions{Requests: 3, Per: 3 * time.Minute, Clients: 3}, func(t *testing.T, server *actors.Server) {
		for range 3 {
			wantStatus(t, "not yet", from(t, server, "192.0.2.1"), 200)
		}
		for i := range 1000 {
			wantStatus(t, "a newcomer", from(t, server, fmt.Sprintf("198.51.%d.%d", i/250, i%250)), 200)
		}
		wantStatus(t, "the flood did not give it new ones", from(t, server, "192.0.2.1"), 429)
		wantLimit(t, "the last newcomer is remembered", from(t, server, "198.51.3.249"), 200, 1, 60)
		wantLimit(t, "the first is not", from(t, server, "198.51.0.0"), 200, 2, 60)
	})
	bubble(t, handlers.RateLimitOptions{Requests: 3, Per: 3 * time.Minute, Clients: 3}, func(t *testing.T, server *actors.Server) {
		for i, address := range []string{"192.0.2.1", "192.0.2.2", "192.0.2.2", "192.0.2.3", "192.0.2.3", "192.0.2.3"} {
			wantStatus(t, fmt.Sprint(i), from(t, server, address), 200)
		}
		time.Sleep(time.Minute) // the first is full again
		wantLimit(t, "a newcomer takes its room", from(t, server, "192.0.2.4"), 200, 2, 60)
		wantLimit(t, "the others stay", from(t, server, "192.0.2.2"), 200, 1, 60)
		wantLimit(t, "the others stay", from(t, server, "192.0.2.3"), 200, 0, 60)
	})
}

// Many at once take no more than there is.
func TestRateLimitOfManyAtOnce(t *testing.T) {
	server := newServer(t)
	server.Handle("GET /", hello, handlers.RateLimit(handlers.RateLimitOptions{Requests: 50, Per: 24 * time.Hour}))
	var admitted atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				if response, err := server.Do(t.Context(), ask("GET", "/")); err == nil && response.Status == 200 {
					admitted.Add(1)
				}
			}
		})
	}
	all.Wait()
	if got := admitted.Load(); got != 50 {
		t.Errorf("want 50 of 160, got %d", got)
	}
}

func TestRateLimitOverTheWire(t *testing.T) {
	address := serve(t, "POST /", hello, handlers.RateLimit(handlers.RateLimitOptions{Requests: 1, Per: time.Hour}))
	c := actorstest.Dial(t, "tcp", address)
	const post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
	c.Send(post)
	if first := c.Want("the first", "200 OK", "hello"); first.Field("RateLimit") != `"default";r=0;t=3600` {
		t.Errorf("got %v", first)
	}
	other := actorstest.Dial(t, "tcp", address)
	other.Send(post)
	if second := other.Want("the address counts, not the connection", "429 Too Many Requests"); second.Field("Retry-After") != "3600" {
		t.Errorf("got %v", second)
	}
	other.Send(post)
	other.Want("the connection goes on", "429 Too Many Requests")
}

func benchmarkRoute(b *testing.B, clients int, options ...actors.RouteOption) {
	server := newServer(b)
	server.Handle("GET /", hello, options...)
	requests := make([]*actors.Request, clients)
	for i := range requests {
		requests[i] = ask("GET", "/", fmt.Sprintf("X-Key: %d", i))
		call(b, server, requests[i])
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		call(b, server, requests[i%clients])
		i++
	}
}

// What the filter adds to a request of a call.
func BenchmarkWithoutFilters(b *testing.B) { benchmarkRoute(b, 1) }
func BenchmarkFiltersThatDoNothing(b *testing.B) {
	benchmarkRoute(b, 1, actors.Before(func(*actors.Request) *actors.Response { return nil }), actors.After(func(*actors.Request, *actors.Response) {}))
}
func BenchmarkRateLimitOf1Client(b *testing.B) {
	benchmarkRoute(b, 1, handlers.RateLimit(handlers.RateLimitOptions{Requests: 1 << 19, Per: time.Second}))
}
func BenchmarkRateLimitOf100000Clients(b *testing.B) {
	key := func(r *actors.Request) string { return r.Field("X-Key") }
	benchmarkRoute(b, 100_000, handlers.RateLimit(handlers.RateLimitOptions{Requests: 1 << 19, Per: time.Second, Key: key}))
}
