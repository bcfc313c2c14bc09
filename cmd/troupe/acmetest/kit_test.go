// Package acmetest runs the program against a certificate authority: Pebble, that of the tests of Let's Encrypt. It is a
// module of its own, so that nobody else needs Pebble.
package acmetest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/letsencrypt/challtestsrv"
	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
)

// An authority certifies domains that are all on this machine.
type authority struct {
	server *httptest.Server
	file   string // its own certificate, for clients of its directory
	roots  *x509.CertPool
}

// newAuthority starts an authority that connects to these ports. Its certificates are valid for that time.
func newAuthority(t *testing.T, httpPort, tlsPort int, validity time.Duration) *authority {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "5")
	resolver := newResolver(t)
	quiet, store := log.New(io.Discard, "", 0), db.NewMemoryStore()
	profiles := map[string]ca.Profile{"default": {ValidityPeriod: uint64(validity / time.Second)}}
	issuer := ca.New(quiet, store, "", "ecdsa", 0, 1, profiles)
	front := wfe.New(quiet, store, va.New(quiet, httpPort, tlsPort, true, resolver, store), issuer, []string{"ca.example"}, true, false, 1, 1)
	a := &authority{server: httptest.NewUnstartedServer(front.Handler()), file: filepath.Join(t.TempDir(), "ca.pem"), roots: x509.NewCertPool()}
	a.server.Config.ErrorLog = quiet
	certificate, text := newCertificate(t)
	a.server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	a.server.StartTLS()
	t.Cleanup(a.server.Close)
	if err := os.WriteFile(a.file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	a.roots.AppendCertsFromPEM(issuer.GetRootCert(0).PEM())
	return a
}

// newResolver starts a server of names that says 127.0.0.1 for each.
func newResolver(t *testing.T) (address string) {
	t.Helper()
	address = net.JoinHostPort("127.0.0.1", freePort(t))
	names, err := challtestsrv.New(challtestsrv.Config{DNSAddrs: []string{address}, Log: log.New(io.Discard, "", 0)})
	if err != nil {
		t.Fatal(err)
	}
	names.SetDefaultDNSIPv4("127.0.0.1")
	names.SetDefaultDNSIPv6("")
	go names.Run()
	t.Cleanup(names.Shutdown)
	return address
}

// newCertificate makes the certificate of the directory, which signs itself.
func newCertificate(t *testing.T) (certificate tls.Certificate, text []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true,
		BasicConstraintsValid: true, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func freePort(t *testing.T) string {
	t.Helper()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer on.Close()
	_, port, _ := net.SplitHostPort(on.Addr().String())
	return port
}

// build makes the program, once.
var build = sync.OnceValues(func() (string, error) {
	directory, err := os.MkdirTemp("", "acmetest")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(directory, "troupe")
	command := exec.Command("go", "build", "-o", binary, "./cmd/troupe")
	command.Dir = "../../.."
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	if err := command.Run(); err != nil {
		return "", &buildError{err, output.String()}
	}
	return binary, nil
})

type buildError struct {
	err    error
	output string
}

func (e *buildError) Error() string { return e.err.Error() + "\n" + e.output }

func TestMain(m *testing.M) {
	status := m.Run()
	if binary, err := build(); err == nil {
		os.RemoveAll(filepath.Dir(binary))
	}
	os.Exit(status)
}

// A program runs.
type program struct {
	t       *testing.T
	command *exec.Cmd
	log     safeBuffer
}

// start runs the program with certificates of the authority, kept in a directory.
func (a *authority) start(t *testing.T, cache string, args ...string) *program {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	args = append(args, "--acme-directory", a.server.URL+wfe.DirectoryPath, "--acme-ca-file", a.file, "--acme-cache", cache)
	p := &program{t: t, command: exec.Command(binary, args...)}
	p.command.Stdout, p.command.Stderr = &p.log, &p.log
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.command.Process.Kill(); p.command.Wait() })
	return p
}

// end interrupts the program, which has to end well.
func (p *program) end() {
	p.t.Helper()
	p.command.Process.Signal(syscall.SIGTERM)
	if err := p.command.Wait(); err != nil {
		p.t.Errorf("%v; it said\n%s", err, p.log.String())
	}
}

// wantLog wants a line with all of these.
func (p *program) wantLog(parts ...string) {
	p.t.Helper()
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		for line := range strings.Lines(p.log.String()) {
			found := true
			for _, part := range parts {
				found = found && strings.Contains(line, part)
			}
			if found {
				return
			}
		}
	}
	p.t.Fatalf("no line has %q:\n%s", parts, p.log.String())
}

// certificate waits until the program serves a domain with a certificate that a client accepts, and returns that.
func (a *authority) certificate(p *program, address, domain string) *x509.Certificate {
	p.t.Helper()
	var failed error
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: a.roots, ServerName: domain})
		if failed = err; err == nil {
			defer conn.Close()
			return conn.ConnectionState().PeerCertificates[0]
		}
	}
	p.t.Fatalf("%s: %v; it said\n%s", domain, failed, p.log.String())
	return nil
}

// get asks for a page of a domain.
func (a *authority) get(t *testing.T, address, domain string) string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: a.roots, ServerName: domain}}}
	defer client.CloseIdleConnections()
	response, err := client.Get("https://" + address + "/health")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// A safeBuffer is for a writer and readers at the same time.
type safeBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
