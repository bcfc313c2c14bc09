//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/actorstest"
)

// responding starts the program with a canned response, and returns a client of it.
func responding(t *testing.T, args ...string) (*program, *actorstest.Client) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	p := start(t, "", nil, append([]string{"respond", "--addr", "unix:" + path}, args...)...)
	p.want("Server running at unix:" + path)
	return p, actorstest.Dial(t, "unix", path)
}

func TestRespondToEverythingAlike(t *testing.T) {
	p, c := responding(t, "--status", "503", "--header", "X-A: b: c", "--header", "X-A:d", "--body", "{method} {path} \\n%d")
	p.want("  /{rest...}                   503, with 20 octets")
	for _, request := range []string{
		get("/"), get("/a/b?c"), get("/..%2f"), "PURGE /x HTTP/1.1\r\nHost: a\r\n\r\n", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
		"DELETE / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
	} {
		c.Send(request)
		r := c.Want(request, "503 Service Unavailable", `{method} {path} \n%d`)
		if r.Field("X-A") != "b: c, d" || r.Field("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("got %v", r)
		}
	}
	c.Send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
	if r := c.WantHead("HEAD", "503 Service Unavailable"); r.Field("Content-Length") != "20" {
		t.Errorf("got %v", r)
	}
	c.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n")
	c.Want("it waits for no content", "503 Service Unavailable")
	p.end()
}

func TestRespondByDefault(t *testing.T) {
	p, c := responding(t)
	c.Send(get("/"))
	if r := c.Want("the default", "200 OK", ""); r.Field("Content-Type") != "" || r.Field("Content-Length") != "0" {
		t.Errorf("got %v", r)
	}
	p.end()
}

func TestRespondWithAFile(t *testing.T) {
	content := strings.Repeat("{path}\r\n\x00\xff", 10_000)
	for name, kind := range map[string]string{"a.html": "text/html; charset=utf-8", "a.unknown": "application/octet-stream", "a": "application/octet-stream"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		p, c := responding(t, "--body-file", path)
		os.Remove(path) // it was read
		c.Send(get("/"))
		if r := c.Want(name, "200 OK", content); r.Field("Content-Type") != kind {
			t.Errorf("%s: got the type %s, want %s", name, r.Field("Content-Type"), kind)
		}
		p.end()
	}
}

// The settings come from everywhere, as those of troupe serve do.
func TestRespondFromVariablesAndAFile(t *testing.T) {
	file := writeFile(t, "status = 503\nheader = ['Retry-After: 5', 'Content-Type: application/json']\nidle-timeout = '9s'\nbody = 'x'")
	t.Setenv("TROUPE_CONFIG", file)
	t.Setenv("TROUPE_BODY", "{}")
	p, c := responding(t)
	c.Send(get("/"))
	r := c.Want("all of it", "503 Service Unavailable", "{}")
	if r.Field("Retry-After") != "5" || r.Field("Content-Type") != "application/json" || r.Field("Keep-Alive") != "timeout=9" {
		t.Errorf("got %v", r)
	}
	p.end()
	t.Setenv("TROUPE_HEADER", "X-A: 1, 2\n X-B: 3")
	p, c = responding(t)
	c.Send(get("/"))
	if r := c.Want("the lines of the variable", "503 Service Unavailable", "{}"); r.Field("X-A") != "1, 2" || r.Field("X-B") != "3" || r.Field("Retry-After") != "" {
		t.Errorf("got %v", r)
	}
	p.end()
}

// A delay is of each request, not of one after the other, and no limit of the server cuts it short.
func TestRespondAfterADelay(t *testing.T) {
	p, c := responding(t, "--delay", "300ms", "--handler-timeout", "100ms", "--max-queue-wait", "100ms", "--max-queue", "1")
	begun := time.Now()
	clients := []*actorstest.Client{c}
	for range 20 {
		clients = append(clients, actorstest.Dial(t, "unix", c.Conn.RemoteAddr().String()))
	}
	for _, c := range clients {
		c.Send(get("/"))
	}
	for _, c := range clients {
		c.Want("after a delay", "200 OK", "")
	}
	if took := time.Since(begun); took < 300*time.Millisecond || took > 3*time.Second {
		t.Errorf("all took %v", took)
	}
	p.end()
}

// A server that drains answers before its time is over, and is done with clients that are gone.
func TestRespondWhileItDrains(t *testing.T) {
	p, c := responding(t, "--delay", "1h", "--drain-timeout", "2s")
	gone := actorstest.Dial(t, "unix", c.Conn.RemoteAddr().String())
	gone.Send(get("/gone"))
	c.Send(get("/"))
	time.Sleep(100 * time.Millisecond)
	gone.Conn.Close()
	p.command.Process.Signal(syscall.SIGTERM)
	c.Want("earlier", "200 OK", "")
	c.Conn.Close()
	p.await()
}

func TestRespondMistakes(t *testing.T) {
	for _, test := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"--status", "199"}, exitUsage, "--status 199: must be from 200 to 599"},
		{[]string{"--status", "600"}, exitUsage, "--status 600: must be from 200 to 599"},
		{[]string{"--status", "OK"}, exitUsage, `--status "OK": must be a whole number`},
		{[]string{"--delay", "-1s"}, exitUsage, "--delay -1s: must be at least 0"},
		{[]string{"--header", "X-A"}, exitUsage, `--header "X-A": must be a name and a value on one line`},
		{[]string{"--header", ": b"}, exitUsage, `--header ": b": must be a name and a value`},
		{[]string{"--header", "X A: b"}, exitUsage, `--header "X A: b": must be a name and a value`},
		{[]string{"--header", "X-A: b\r\nX-B: c"}, exitUsage, `--header "X-A: b\r\nX-B: c": must be a name and a value on one line`},
		{[]string{"--header", "X-A: b", "--header", "Content-length: 3"}, exitUsage, `--header "X-A: b\nContent-length: 3": the server writes Content-length itself`},
		{[]string{"--header", "Connection: close"}, exitUsage, `--header "Connection: close": the server writes Connection itself`},
		{[]string{"--body", "a", "--body-file", "b"}, exitUsage, "--body with --body-file: there is one content"},
		{[]string{"--body", "a", "--status", "204"}, exitUsage, "--body with --status 204: such a response has no content"},
		{[]string{"--body-file", "a", "--status", "304"}, exitUsage, "--body-file with --status 304: such"},
		{[]string{"--body-file", ""}, exitUsage, `--body-file "": no file`},
		{[]string{"--addr", "127.0.0.1:0", "--body-file", "absent"}, exitFailed, "cannot use --body-file: open absent: "},
		{[]string{"--demo"}, exitUsage, "there is no flag --demo"},
		{[]string{"now"}, exitUsage, `unexpected argument "now"`},
	} {
		status, stdout, stderr := ran(nil, append([]string{"respond"}, test.args...)...)
		if status != test.status || stdout != "" || !strings.HasPrefix(stderr, "troupe: "+test.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%q: exit status %d, %q, %q; want %d, %q", test.args, status, stdout, stderr, test.status, test.want)
		}
	}
}
