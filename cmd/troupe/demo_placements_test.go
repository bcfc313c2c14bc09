package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// A demonstration is a server with the routes of --demo.
type demonstration struct {
	t   *testing.T
	url string
}

func newDemonstration(t *testing.T) *demonstration {
	t.Helper()
	server := actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
	handle(server, options{demo: true})
	on, err := actors.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Start(on); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		server.Shutdown(context.Background())
	})
	return &demonstration{t, "http://" + on.Addr().String()}
}

func (d *demonstration) get(path string) (status int, content string) {
	d.t.Helper()
	response, err := http.Get(d.url + path)
	if err != nil {
		d.t.Error(err)
		return 0, ""
	}
	defer response.Body.Close()
	octets, err := io.ReadAll(response.Body)
	if err != nil {
		d.t.Error(err)
	}
	return response.StatusCode, string(octets)
}

// all asks for the same several times at once, and is the answers, sorted.
func (d *demonstration) all(n int, path string) (contents []string) {
	answers := make(chan string)
	for range n {
		go func() { _, content := d.get(path); answers <- content }()
	}
	for range n {
		contents = append(contents, <-answers)
	}
	slices.Sort(contents)
	return contents
}

const crashed = "500 Internal Server Error\n\nThe handler failed on this request.\n"

func TestDemoOfPlacements(t *testing.T) {
	d := newDemonstration(t)
	for _, test := range []struct{ path, want string }{
		{"/demo/one", "router/demo-one: 1 request\n"},
		{"/demo/one", "router/demo-one: 2 requests\n"},
		{"/demo/request", "router/demo-request$1: 1 request\n"},
		{"/demo/request", "router/demo-request$2: 1 request\n"},
		{"/demo/rooms/red", "router/demo-rooms/red: 1 request\n"},
		{"/demo/rooms/blue", "router/demo-rooms/blue: 1 request\n"},
		{"/demo/rooms/red", "router/demo-rooms/red: 2 requests\n"},
		{"/demo/rooms/a%2Fb%0A%25", `router/demo-rooms/a/b\x0A%: 1 request` + "\n"},
		{"/demo/one?take=2h", noPause},
		{"/demo/one?take=1ms", "router/demo-one: 4 requests\n"},
		{"/demo/one?crash", crashed},
		{"/demo/one", "router/demo-one: 1 request\n"},
		{"/demo/rooms/red?crash", crashed},
		{"/demo/rooms/red", "router/demo-rooms/red: 1 request\n"},
		{"/demo/rooms/blue", "router/demo-rooms/blue: 2 requests\n"},
	} {
		if _, got := d.get(test.path); got != test.want {
			t.Errorf("%s: want %q, got %q", test.path, test.want, got)
		}
	}
	want := []string{"router/demo-pool$1: 1 request\n", "router/demo-pool$2: 1 request\n", "router/demo-pool$3: 1 request\n"}
	if got := d.all(3, "/demo/pool?take=500ms"); !slices.Equal(got, want) {
		t.Errorf("want one for each actor, got %q", got)
	}
}

// A request that would wait too long is refused, with the time to try again.
func TestDemoOfAQueue(t *testing.T) {
	d := newDemonstration(t)
	if got := strings.Join(d.all(3, "/demo/one?take=1500ms"), ""); strings.Count(got, "router/demo-one: ") != 1 || strings.Count(got, "503 Service") != 2 {
		t.Errorf("want one answer and two refusals, got %q", got)
	}
	begun := time.Now()
	for _, content := range d.all(3, "/demo/block/300ms") {
		if content != "blocked for 300ms\n" {
			t.Errorf("got %q", content)
		}
	}
	if took := time.Since(begun); took > 850*time.Millisecond {
		t.Errorf("a function runs for many at once, but it took %v", took)
	}
}
