//go:build unix

package main

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/actorstest"
)

func TestWhereARedirectLeads(t *testing.T) {
	config := actors.Config{Logger: slog.New(slog.DiscardHandler)}
	usual, other := newRedirect(config, 443, nil), newRedirect(config, 8443, nil)
	defer usual.Close()
	defer other.Close()
	for _, test := range []struct {
		server               *actors.Server
		host, target, leadTo string // "" for 400
	}{
		{usual, "example.com", "/", "https://example.com/"},
		{usual, "example.com:80", "/a/b?c=d&e", "https://example.com/a/b?c=d&e"},
		{other, "example.com", "/", "https://example.com:8443/"},
		{other, "example.com:", "/", "https://example.com:8443/"},
		{other, "a_b-c.Example.:80", "/", "https://a_b-c.Example.:8443/"},
		{other, "192.0.2.7:80", "/?", "https://192.0.2.7:8443/"},
		{other, "[2001:db8::1]:80", "/", "https://[2001:db8::1]:8443/"},
		{usual, "[::1]", "/", "https://[::1]/"},
		{usual, "a", "//evil.example/x", "https://a//evil.example/x"},
		{usual, "a", `/\evil.example?\`, "https://a/%5Cevil.example?%5C"},
		{usual, "a", "/%0d%0aX:1?%0d%0aY:2&;=%zz", "https://a/%0d%0aX:1?%0d%0aY:2&;=%zz"},
		{usual, "a", "/b/../c/./d%2F", "https://a/c/d%2F"},
		{usual, "a", "http://b:80/c", "https://b/c"},
		{usual, "", "/", ""},
		{usual, ".example", "/", ""},
		{usual, "-a", "/", ""},
		{usual, "a;b", "/", ""},
		{usual, "a,b", "/", ""},
		{usual, "a(b)", "/", ""},
		{usual, "a'b", "/", ""},
		{usual, "a&b", "/", ""},
		{usual, "%e4.example", "/", ""},
		{usual, strings.Repeat("a", 256), "/", ""},
	} {
		for _, method := range []string{"GET", "POST", "PURGE"} {
			request := actors.NewRequest(method, test.target, []byte("content")).With("Host", test.host)
			r, err := test.server.Do(context.Background(), request)
			if err != nil {
				t.Fatalf("%s %s of %q: %v", method, test.target, test.host, err)
			}
			if test.leadTo == "" && (r.Status != 400 || r.Fields.Has("Location") || len(r.Body) == 0) {
				t.Errorf("%s %s of %q: got %d %v, want 400", method, test.target, test.host, r.Status, r.Fields)
			}
			if test.leadTo != "" && (r.Status != 308 || r.Fields.Get("Location") != test.leadTo) {
				t.Errorf("%s %s of %q: got %d %v, want %s", method, test.target, test.host, r.Status, r.Fields, test.leadTo)
			}
		}
	}
}

// Whatever a host is, a Location has nothing that ends or hides it.
func TestNoHostIsStrange(t *testing.T) {
	for c := range 256 {
		for _, authority := range []string{"a" + string([]byte{byte(c)}) + "b", string([]byte{byte(c)}), "[::" + string([]byte{byte(c)}) + "]"} {
			host, ok := hostToRedirect(authority)
			if ok && strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._[:]") != "" {
				t.Errorf("%q: redirects to %q", authority, host)
			}
			if name, isName := strings.CutPrefix(host, "["); ok && !isName && strings.ContainsAny(name, "[:]") {
				t.Errorf("%q: redirects to %q", authority, host)
			}
		}
	}
	for _, authority := range []string{"[::1%25eth0]", "[::1", "[a]", "[192.0.2.7]", "[]", "a@b", "a/b", "a?b", "a#b", `a\b`} {
		if host, ok := hostToRedirect(authority); ok && host != "[::1]" {
			t.Errorf("%q: redirects to %q", authority, host)
		}
	}
}

// redirecting starts the program on a TLS address and a Unix socket, with a redirect.
func redirecting(t *testing.T, args ...string) (p *program, secure, plain string) {
	t.Helper()
	certFile, keyFile, _ := writePair(t)
	path := filepath.Join(t.TempDir(), "s")
	p = start(t, "", nil, append([]string{"--addr", "unix:" + path, "--addr", "127.0.0.1:0", "--redirect-http", "127.0.0.1:0",
		"--tls-cert", certFile, "--tls-key", keyFile}, args...)...)
	p.want("Server running at unix:" + path + " (https)")
	p.lines.Scan()
	secure, isSecure := strings.CutPrefix(p.lines.Text(), "Server running at https://")
	p.lines.Scan()
	plain, isPlain := strings.CutPrefix(p.lines.Text(), "  redirecting to it from http://")
	if !isSecure || !isPlain {
		t.Fatalf("it says %q; its log is\n%s", p.lines.Text(), p.log.String())
	}
	return p, secure, plain
}

func TestRedirectToTheFirstPort(t *testing.T) {
	p, secure, plain := redirecting(t)
	c := actorstest.Dial(t, "tcp", plain)
	c.Send("POST /echo?a=b HTTP/1.1\r\nHost: 127.0.0.1:80\r\nContent-Length: 100000\r\n\r\n") // which never comes
	c.Want("without the content", "308 Permanent Redirect")
	c = actorstest.Dial(t, "tcp", plain)
	c.Send("GET /health HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n")
	r := c.Want("a redirect", "308 Permanent Redirect", "")
	if got := r.Field("Location"); got != "https://"+secure+"/health" {
		t.Errorf("it leads to %s, want the port that was free, %s", got, secure)
	}
	conn, err := tls.Dial("tcp", secure, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	wantHealth(t, actorstest.New(t, conn))
	p.end()
	for _, want := range []string{"listening server=redirect actor=listener address=" + plain, "stopped server=redirect actor=server"} {
		if !strings.Contains(p.log.String(), want) {
			t.Errorf("want %q in the log:\n%s", want, p.log.String())
		}
	}
}

// The redirect drains with the server: while the server is busy, it still finishes what it has begun.
func TestARedirectDrainsWithTheServer(t *testing.T) {
	p, secure, plain := redirecting(t, "--demo", "--drain-delay", "300ms")
	conn, err := tls.Dial("tcp", secure, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	busy := actorstest.New(t, conn)
	busy.Send(get("/demo/block/600ms"))
	time.Sleep(50 * time.Millisecond)
	p.command.Process.Signal(syscall.SIGTERM)
	c := actorstest.Dial(t, "tcp", plain) // within the delay
	c.Send(get("/"))
	c.Want("it still redirects", "308 Permanent Redirect")
	busy.Want("it is still answered", "200 OK", "blocked for 600ms\n")
	p.await()
	if _, err := net.Dial("tcp", plain); err == nil {
		t.Error("somebody still listens for plain HTTP")
	}
}

func TestARedirectThatCannotListen(t *testing.T) {
	certFile, keyFile, _ := writePair(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	tlsFlags := " --tls-cert " + certFile + " --tls-key " + keyFile
	for args, want := range map[string]string{
		"--addr 127.0.0.1:0 --redirect-http " + taken.Addr().String() + tlsFlags: "1cannot listen: listen tcp4 " + taken.Addr().String(),
		"--redirect-http :80":                           "2--redirect-http without --tls-cert: there is no HTTPS",
		"--redirect-http nonsense" + tlsFlags:           `2--redirect-http "nonsense": not host:port`,
		"--redirect-http unix:/s" + tlsFlags:            `2--redirect-http "unix:/s": `,
		"--redirect-http :80 --addr unix:/s" + tlsFlags: "2--redirect-http without a host and port in --addr",
	} {
		status, stdout, stderr := ran(nil, strings.Fields(args)...)
		if status != int(want[0]-'0') || stdout != "" || !strings.HasPrefix(stderr, "troupe: "+want[1:]) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit status %d, %q, %q; want %s", args, status, stdout, stderr, want)
		}
	}
}

// Behind an inherited Unix socket there is no port to redirect to.
func TestARedirectToNoPort(t *testing.T) {
	certFile, keyFile, _ := writePair(t)
	unix, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close()
	file, err := unix.(*net.UnixListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p := start(t, "LISTEN_PID=$$ LISTEN_FDS=1", []*os.File{file}, "--tls-cert", certFile, "--tls-key", keyFile, "--redirect-http", "127.0.0.1:0")
	if p.lines.Scan() {
		t.Errorf("it says that it runs: %q", p.lines.Text())
	}
	p.command.Wait()
	if p.command.ProcessState.ExitCode() != exitFailed || !strings.HasPrefix(p.log.String(), "troupe: --redirect-http: no listener has a port to redirect to\n") {
		t.Errorf("%v, %q", p.command.ProcessState, p.log.String())
	}
}
