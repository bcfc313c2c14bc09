package acmetest

import (
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func number(port string) int {
	n, _ := strconv.Atoi(port)
	return n
}

// A certificate is got over TLS, served, kept with modes that let nobody else read it, and served again after a restart,
// when the authority is gone.
func TestACertificateOverTLS(t *testing.T) {
	port, cache := freePort(t), filepath.Join(t.TempDir(), "deep", "cache")
	address := net.JoinHostPort("127.0.0.1", port)
	a := newAuthority(t, 1, number(port), 24*time.Hour)
	p := a.start(t, cache, "--acme", "a.example,B.example", "--acme-email", "you@example.com", "--addr", address)
	first, other := a.certificate(p, address, "a.example"), a.certificate(p, address, "b.example")
	if got := a.get(t, address, "a.example"); got != `{"status": "healthy"}` {
		t.Errorf("got %q", got)
	}
	if len(first.DNSNames) != 1 || len(other.DNSNames) != 1 || first.SerialNumber.Cmp(other.SerialNumber) == 0 {
		t.Errorf("got %q and %q", first.DNSNames, other.DNSNames)
	}
	p.wantLog("INF certificate obtained actor=server renewed=false names=[a.example] issuer=\"Pebble Intermediate CA", "until=")
	p.end()
	for _, unwanted := range []string{"WRN", "ERR"} {
		if strings.Contains(p.log.String(), unwanted) {
			t.Errorf("the log has\n%s", p.log.String())
		}
	}
	wantPrivate(t, cache)
	a.server.Close()
	p = a.start(t, cache, "--acme", "a.example,b.example", "--addr", address)
	if again := a.certificate(p, address, "a.example"); again.SerialNumber.Cmp(first.SerialNumber) != 0 {
		t.Errorf("another certificate: %v", again.SerialNumber)
	}
	p.wantLog("INF certificate actor=server", "names=[a.example]")
	p.end()
}

// wantPrivate wants nobody else to be able to read what is in a directory.
func wantPrivate(t *testing.T, directory string) {
	t.Helper()
	keys := 0
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %v", path, info.Mode())
		}
		if strings.HasSuffix(path, ".key") {
			keys++
		}
		return err
	})
	if err != nil || keys < 2 {
		t.Errorf("%d keys, %v", keys, err)
	}
}

// If the authority cannot connect by TLS, it does over plain HTTP, to the listener that redirects.
func TestACertificateOverPlainHTTP(t *testing.T) {
	port, plain := freePort(t), freePort(t)
	address := net.JoinHostPort("127.0.0.1", port)
	a := newAuthority(t, number(plain), 1, 24*time.Hour)
	p := a.start(t, t.TempDir(), "--acme", "a.example", "--addr", address, "--redirect-http", net.JoinHostPort("127.0.0.1", plain), "--log-level", "debug")
	a.certificate(p, address, "a.example")
	p.wantLog("server=redirect", "target=/.well-known/acme-challenge/", "status=200")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for path, want := range map[string]string{"/a?b": "308 Permanent Redirect", "/.well-known/acme-challenge/unknown": "308 Permanent Redirect"} {
		response, err := client.Get("http://127.0.0.1:" + plain + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.Status != want || response.Header.Get("Location") != "https://127.0.0.1:"+port+path {
			t.Errorf("%s: got %s %v", path, response.Status, response.Header)
		}
	}
	p.end()
}

// A certificate that has expired while the program was away is renewed at the start.
func TestACertificateIsRenewed(t *testing.T) {
	port, cache := freePort(t), t.TempDir()
	address := net.JoinHostPort("127.0.0.1", port)
	a := newAuthority(t, 1, number(port), 10*time.Second)
	p := a.start(t, cache, "--acme", "a.example", "--addr", address)
	first := a.certificate(p, address, "a.example")
	p.end()
	time.Sleep(time.Until(first.NotAfter.Add(time.Second)))
	p = a.start(t, cache, "--acme", "a.example", "--addr", address)
	p.wantLog("INF certificate obtained actor=server renewed=true names=[a.example]")
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if got := a.certificate(p, address, "a.example"); got.SerialNumber.Cmp(first.SerialNumber) != 0 {
			break
		} else if time.Now().After(until) {
			t.Fatalf("the old one is served; the log has\n%s", p.log.String())
		}
	}
	p.end()
}

// A failure is in the log with its reason, and ends nothing.
func TestWhyThereIsNoCertificate(t *testing.T) {
	port := freePort(t)
	address := net.JoinHostPort("127.0.0.1", port)
	a := newAuthority(t, 1, 1, 24*time.Hour)
	p := a.start(t, t.TempDir(), "--acme", "a.example", "--addr", address)
	p.wantLog("ERR certificate not obtained actor=server name=a.example renewed=false", "Failed to connect to 127.0.0.1:1 for the tls-alpn-01 challenge")
	if n := strings.Count(p.log.String(), " ERR "); n != 1 {
		t.Errorf("%d lines of errors\n%s", n, p.log.String())
	}
	if conn, err := net.Dial("tcp", address); err != nil {
		t.Errorf("it does not listen any more: %v", err)
	} else {
		conn.Close()
	}
	p.end()
	a.server.Close()
	p = a.start(t, t.TempDir(), "--acme", "a.example", "--addr", address)
	p.wantLog("ERR certificate not obtained actor=server name=a.example renewed=false", a.server.URL, "connection refused")
	p.end()
}
