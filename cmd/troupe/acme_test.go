//go:build unix

package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
	"go.uber.org/zap"
)

// The tests with a certificate authority are in acmetest.

func TestMistakesWithAcme(t *testing.T) {
	certFile, keyFile, _ := writePair(t)
	pair := " --tls-cert " + certFile + " --tls-key " + keyFile
	long := strings.Repeat("a", 60) + "."
	for args, want := range map[string]string{
		"--acme 192.0.2.7":         `--acme "192.0.2.7": it is an IP address`,
		"--acme a.example,::1":     `--acme "::1": it is an IP address`,
		"--acme [::1]":             `--acme "[::1]": it is an IP address`,
		"--acme localhost":         `--acme "localhost": a domain has a dot, as example.com`,
		"--acme localhost.":        `--acme "localhost.": a domain has a dot`,
		"--acme *.a.example":       `--acme "*.a.example": a wildcard is proved by DNS`,
		"--acme a.example,":        `--acme "": a domain has a dot`,
		"--acme a.example.":        `--acme "a.example.": no domain`,
		"--acme a_b.example":       `--acme "a_b.example": no domain`,
		"--acme -a.example":        `--acme "-a.example": no domain`,
		"--acme a..example":        `--acme "a..example": no domain`,
		"--acme ä.example":         `--acme "ä.example": no domain, as example.com; letters of other scripts are written as xn--`,
		"--acme https://a.example": `--acme "https://a.example": no domain`,
		"--acme a.example:443":     `--acme "a.example:443": no domain`,
		"--acme " + long + long + long + long + long + "example": `--acme "aaaa`,
		"--acme a.example,A.example":                             `--acme "a.example": it is there twice`,
		"--acme a.example" + pair:                                "--acme with --tls-cert: there is one source of certificates",
		"--acme a.example --tls-key k":                           "--tls-key without --tls-cert",
		"--acme a.example --addr unix:/s":                        "--acme without a host and port in --addr",
		"--acme-email a@b.example":                               "--acme-email without --acme: for which domains?",
		"--acme-cache c":                                         "--acme-cache without --acme",
		"--acme-ca-file c":                                       "--acme-ca-file without --acme",
		"--acme-directory https://a/b":                           "--acme-directory without --acme",
		"--acme a.example --acme-email me":                       "--acme-email me: must be an address",
		"--acme a.example --acme-directory http://a":             "--acme-directory http://a: must be a URL with https",
		"--acme a.example --acme-directory a":                    "--acme-directory a: must be a URL with https",
		"--acme a.example --acme-cache=":                         `--acme-cache "": no directory`,
		"--redirect-http :80":                                    "--redirect-http without --tls-cert: there is no HTTPS",
	} {
		for _, command := range []string{"serve", "validate", "proxy"} {
			fields := append([]string{command}, strings.Fields(args)...)
			if command == "proxy" {
				fields = append(fields, "--to", "9000")
			}
			if status, stdout, stderr := ran(nil, fields...); status != exitUsage || stdout != "" || !strings.HasPrefix(stderr, "troupe: "+want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("%s %s: exit status %d, %q, %q; want %s", command, args, status, stdout, stderr, want)
			}
		}
	}
}

// Whether certificates can be kept, and whom to trust, is known at once.
func TestWhereCertificatesAreKept(t *testing.T) {
	certFile, keyFile, _ := writePair(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"--acme-cache " + file:        "cannot keep certificates in " + file + ": not a directory: choose another directory with --acme-cache\n",
		"--acme-cache " + file + "/a": "cannot keep certificates in " + file + "/a: not a directory: choose another directory with --acme-cache\n",
		"--acme-cache /proc/self":     "cannot keep certificates in /proc/self: no such file or directory: choose",
		"--acme-cache /proc/none":     "cannot keep certificates in /proc/none: no such file or directory: choose",
		"--acme-ca-file /none":        "cannot use --acme-ca-file: open /none: no such file or directory\n",
		"--acme-ca-file " + keyFile:   "cannot use --acme-ca-file: " + keyFile + " has no certificate, as PEM\n",
		"--acme-ca-file " + file:      "cannot use --acme-ca-file: " + file + " has no certificate, as PEM\n",
		"":                            "--acme without --acme-cache: you have no home for certificates: ",
	} {
		if strings.Contains(args, "/proc") && runtime.GOOS != "linux" {
			continue
		}
		t.Setenv("HOME", "")
		t.Setenv("XDG_CONFIG_HOME", "")
		args = "--acme a.example --addr 127.0.0.1:0 " + args
		status, stdout, stderr := ran(nil, append([]string{"serve"}, strings.Fields(args)...)...)
		if status != exitFailed || stdout != "" || !strings.HasPrefix(stderr, "troupe: "+want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit status %d, %q, %q; want %s", args, status, stdout, stderr, want)
		}
		if status, _, again := ran(nil, append([]string{"validate"}, strings.Fields(args)...)...); status != exitUsage ||
			!strings.HasPrefix(again, "troupe: "+strings.TrimSuffix(want, "\n")) {
			t.Errorf("validate %s: exit status %d, %q; want %s", args, status, again, want)
		}
	}
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("HOME", home)
	if status, stdout, stderr := ran(nil, "validate", "--acme", "a.example", "--acme-ca-file", certFile); status != exitOK || stderr != "" ||
		stdout != "acme = ['a.example'] # --acme\nacme-ca-file = '"+certFile+"' # --acme-ca-file\n" {
		t.Errorf("exit status %d, %q, %q", status, stdout, stderr)
	}
	path, err := (&acme{}).path()
	if info, statErr := os.Stat(path); err != nil || statErr != nil || info.Mode().Perm() != 0o700 || !strings.HasPrefix(path, home) {
		t.Errorf("%s: %v, %v, %v", path, info, err, statErr)
	}
	if left, err := os.ReadDir(path); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// withoutAuthority starts the program with a directory that nobody serves.
func withoutAuthority(t *testing.T, args ...string) (p *program, address string) {
	t.Helper()
	p = start(t, "", nil, append([]string{"--addr", "127.0.0.1:0", "--acme", "a.example", "--acme-cache", t.TempDir(),
		"--acme-directory", "https://" + freeAddress(t) + "/directory"}, args...)...)
	p.lines.Scan()
	address, isSecure := strings.CutPrefix(p.lines.Text(), "Server running at https://")
	if !isSecure {
		t.Fatalf("it says %q; its log is\n%s", p.lines.Text(), p.log.String())
	}
	return p, address
}

// Without an authority the program serves, and its log says why there is no certificate.
func TestNoAuthorityEndsNothing(t *testing.T) {
	p, address := withoutAuthority(t)
	wantNoCertificate(t, address)
	time.Sleep(2 * time.Second)
	p.end()
	for _, want := range []string{
		` ERR certificate not obtained actor=server name=a.example renewed=false error="`, "connection refused",
		` INF TLS handshake failed actor=listener/connection$1 error="no certificate available for 'a.example'"`,
	} {
		if !strings.Contains(p.log.String(), want) {
			t.Errorf("want %q in the log:\n%s", want, p.log.String())
		}
	}
}

func TestTheHostOfChallenges(t *testing.T) {
	for address, want := range map[string]string{"127.0.0.1:443": "127.0.0.1", "0.0.0.0:443": "", "[::]:443": "", "[2001:db8::1]:443": "2001:db8::1"} {
		if got := hostOf(tcpAddr(t, address)); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}

// A redirect answers what is no challenge as ever.
func TestARedirectIsAskedForAChallenge(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	certs, err := (&acme{domains: domains{"a.example"}, cache: t.TempDir(), directory: "https://127.0.0.1:1/"}).certificates(log)
	if err != nil {
		t.Fatal(err)
	}
	certs.issuer.DisableHTTPChallenge = false
	server := newRedirect(actors.Config{Logger: log}, 443, certs)
	defer server.Close()
	for target, want := range map[string]string{
		"/.well-known/acme-challenge/abc": "https://a.example/.well-known/acme-challenge/abc", "/.well-known/acme-challenge/": "https://a.example/.well-known/acme-challenge/",
		"/": "https://a.example/",
	} {
		r, err := server.Do(context.Background(), actors.NewRequest("GET", target, nil).With("Host", "a.example:80"))
		if err != nil || r.Status != 308 || r.Fields.Get("Location") != want {
			t.Errorf("%s: got %+v, %v", target, r, err)
		}
	}
}

// The lines of the library come in our form, and details only at debug.
func TestLinesAboutCertificates(t *testing.T) {
	for level, want := range map[slog.Level]string{
		slog.LevelInfo: "level=WARN msg=\"certificates: careful\" a=1 b=2\nlevel=ERROR msg=\"certificates: bad\" a=1 error=\"no luck\" names=\"[x y]\"\n",
		slog.LevelDebug: "level=DEBUG msg=\"certificates: by the way\" a=1\nlevel=WARN msg=\"certificates: careful\" a=1 b=2\n" +
			"level=ERROR msg=\"certificates: bad\" a=1 error=\"no luck\" names=\"[x y]\"\nlevel=DEBUG msg=\"certificates: will retry\" a=1\n",
		slog.LevelError: "level=ERROR msg=\"certificates: bad\" a=1 error=\"no luck\" names=\"[x y]\"\n",
	} {
		var text bytes.Buffer
		untimed := func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}
		to := zap.New(logCore{to: slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: level, ReplaceAttr: untimed}))}).With(zap.Int("a", 1))
		to.Debug("never")
		to.Info("by the way")
		to.Warn("careful", zap.String("b", "2"))
		to.Error("bad", zap.Error(errors.New("no luck")), zap.Strings("names", []string{"x", "y"}), zap.Skip())
		to.Error("will retry")
		if text.String() != want {
			t.Errorf("%v: got\n%swant\n%s", level, text.String(), want)
		}
	}
}

func tcpAddr(t *testing.T, address string) *net.TCPAddr {
	t.Helper()
	resolved, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

func wantNoCertificate(t *testing.T, address string) {
	t.Helper()
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, ServerName: "a.example"})
	if err == nil {
		conn.Close()
		t.Error("there is a certificate")
	}
}
