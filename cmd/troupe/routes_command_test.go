package main

import (
	"encoding/json"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

const routesByDefault = `PATTERN      HANDLER      PLACEMENT  BODY  TIMEOUT
GET /about   GET /about   Func       8MiB  30s
POST /echo   POST /echo   Func       8MiB  30s
GET /health  GET /health  Func       8MiB  30s      vital
GET /ready   GET /ready   Func       8MiB  30s      vital
GET /{$}     GET /{$}     Func       8MiB  30s
`

func TestRoutesOfTheProgram(t *testing.T) {
	directory := t.TempDir()
	for _, test := range []struct {
		args  string
		lines int
		want  []string
	}{
		{"", 6, []string{routesByDefault}},
		{"--demo", 18, []string{"GET /demo/rooms/{room}      demo-rooms                  PerKey {room}  8MiB  30s\n", "\nPOST /demo/stream           POST /demo/stream           One            any   30s      streams\n"}},
		{directory, 5, []string{"\nGET /health  GET /health  Func       8MiB  30s      vital\n", "\n/{path...}   /{path...}   Func       any   30s      streams\n"}},
		{"--handler-timeout 90s --root " + directory, 5, []string{"\nGET /ready   GET /ready   Func       8MiB  1m30s    vital\n"}},
	} {
		status, stdout, stderr := ran(nil, append([]string{"routes"}, strings.Fields(test.args)...)...)
		if status != exitOK || stderr != "" || strings.Count(stdout, "\n") != test.lines {
			t.Errorf("%s: exit status %d, %q, got\n%s", test.args, status, stderr, stdout)
		}
		for _, want := range test.want {
			if !strings.Contains(stdout, want) {
				t.Errorf("%s: want %q in\n%s", test.args, want, stdout)
			}
		}
	}
	if status, stdout, stderr := ran(nil, "routes", "/nowhere"); status != exitUsage || stdout != "" || stderr != "troupe: cannot use DIR: open /nowhere: no such file or directory; see troupe routes --help\n" {
		t.Errorf("exit status %d, %q, %q", status, stdout, stderr)
	}
	if _, _, stderr := ran(map[string]string{"TROUPE_DEMOO": "1"}, "routes"); stderr != "troupe: there is no variable \"TROUPE_DEMOO\": the nearest is TROUPE_DEMO\n" {
		t.Errorf("got %q", stderr)
	}
}

func TestRoutesAsJSON(t *testing.T) {
	_, stdout, _ := ran(nil, "routes", "--json", "--demo")
	var list []map[string]any
	if err := json.Unmarshal([]byte(stdout), &list); err != nil || len(list) != 17 {
		t.Fatalf("%v: %s", err, stdout)
	}
	for _, r := range list {
		switch r["pattern"] {
		case "GET /demo/rooms/{room}":
			if r["placement"] != "PerKey" || r["key"] != "room" || r["handler"] != "demo-rooms" || r["maxBody"] != 8388608.0 || r["timeout"] != 30.0 {
				t.Errorf("got %v", r)
			}
		case "POST /demo/stream":
			if body, is := r["maxBody"]; r["stream"] != true || !is || body != nil {
				t.Errorf("got %v", r)
			}
		case "GET /ready":
			if r["vital"] != true || r["quiet"] != false {
				t.Errorf("got %v", r)
			}
		}
	}
	var text strings.Builder
	if err := printRoutesAsJSON(&text, []actors.RouteInfo{{Pattern: "/<a>", Before: []string{"b"}, After: []string{"c"}, MaxBody: -1, Timeout: -1}}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(strings.Fields(text.String()), ""); got != `[{"pattern":"/<a>","handler":"","placement":"","before":["b"],"after":["c"],"stream":false,"vital":false,"quiet":false,"maxBody":0,"timeout":null}]` {
		t.Errorf("got %s", got)
	}
}

// Filters stand below their route, in the order of their calls.
func TestTheFiltersOfRoutes(t *testing.T) {
	server := actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
	defer server.Close()
	server.Handle("GET /a", handlers.Echo(), handlers.RequestID(), handlers.SecurityHeaders(handlers.SecurityOptions{}), actors.MaxBody(-1), actors.HandlerTimeout(-1), actors.Quiet())
	var text strings.Builder
	printRoutes(&text, server.Routes())
	want := `PATTERN  HANDLER  PLACEMENT  BODY  TIMEOUT
GET /a   GET /a   One        0     none     quiet
    before: handlers.`
	if !strings.HasPrefix(text.String(), want) || !strings.Contains(text.String(), "\n    after: handlers.") {
		t.Errorf("got\n%s", text.String())
	}
}

func TestTheListOfRoutesFitsItsWidth(t *testing.T) {
	long := "GET /" + strings.Repeat("ä", 50)
	var text strings.Builder
	printRoutes(&text, []actors.RouteInfo{
		{Pattern: long, Handler: long, Placement: "PerKey", Key: "a", MaxBody: 1 << 20, Timeout: time.Second, Vital: true},
		{Pattern: "GET /" + strings.Repeat("b", 23), Handler: strings.Repeat("c", 26), Placement: "PerKey", Key: strings.Repeat("d", 7), MaxBody: 1234567,
			Timeout: 100*time.Minute + time.Second, Vital: true, Quiet: true, StreamBody: true, Before: strings.Fields(strings.Repeat("handlers.(*cors).preflight ", 9))},
		{Pattern: "/\x1b", MaxBody: math.MaxInt64},
	})
	want := `PATTERN                       HANDLER                     PLACEMENT         BODY     TIMEOUT
` + long + `
                              ` + long + `
                                                          PerKey {a}        1MiB     1s       vital
GET /bbbbbbbbbbbbbbbbbbbbbbb  cccccccccccccccccccccccccc  PerKey {ddddddd}  1234567  1h40m1s
    vital quiet streams
`
	if !strings.HasPrefix(text.String(), want) || !strings.HasSuffix(text.String(), "\n/\\x1B                                                                       any      0s\n") {
		t.Errorf("got\n%s", text.String())
	}
	for line := range strings.Lines(text.String()) {
		if utf8.RuneCountInString(line)-1 > helpWidth && !strings.Contains(line, long) {
			t.Errorf("too long: %q", line)
		}
	}
	if strings.Count(text.String(), "preflight,") != 8 || !strings.Contains(text.String(), "vital quiet streams\n") {
		t.Errorf("got\n%s", text.String())
	}
}

// What docs/how-to/configure.md shows is what it prints.
func TestDocsShowTheRoutes(t *testing.T) {
	if !strings.Contains(docsText(t, "docs/how-to/configure.md"), "\n$ go run ./cmd/troupe routes\n"+routesByDefault+"```\n") {
		t.Error("docs/how-to/configure.md has another list")
	}
}
