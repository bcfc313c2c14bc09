package actors

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/troupe-go/troupe/actors/internal/duplex"
	"github.com/troupe-go/troupe/actors/internal/rawhttp"
)

// writePair writes a certificate of its own making, with that number, and its key.
func writePair(t *testing.T, directory string, number int64) (certFile, keyFile string) {
	t.Helper()
	return writePairUntil(t, directory, number, time.Unix(1<<33, 0))
}

func writePairUntil(t *testing.T, directory string, number int64, until time.Time) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(number), DNSNames: []string{"a"},
		NotBefore: time.Unix(0, 0), NotAfter: until,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(directory, "cert.pem"), filepath.Join(directory, "key.pem")
	replaceFile(t, certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	replaceFile(t, keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
	return certFile, keyFile
}

// replaceFile replaces the old file by a new one, like tools that renew certificates. Both exist at the same moment,
// so that they differ without their times.
func replaceFile(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name+".new", content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		t.Fatal(err)
	}
}

// startTLS serves over TLS with a certificate of its own.
func (k *kit) startTLS() (certFile, keyFile string) {
	certFile, keyFile = writePair(k.t, k.t.TempDir(), 1)
	k.startBy(func(on net.Listener) error { return k.server.ServeTLS(on, certFile, keyFile) })
	return certFile, keyFile
}

// A tlsPeer is a client that speaks TLS.
type tlsPeer struct {
	*tls.Conn
	t      *testing.T
	answer *bufio.Reader
}

// dialTLS connects; the handshake is the caller's.
func (k *kit) dialTLS(change func(*tls.Config)) *tlsPeer {
	client, server := duplex.New()
	k.cleanup = append(k.cleanup, func() { client.Close(); synctest.Wait() })
	k.listener.accepts <- acceptance{conn: server}
	return newTLSPeer(k.t, client, change)
}

func newTLSPeer(t *testing.T, conn net.Conn, change func(*tls.Config)) *tlsPeer {
	config := &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2", "http/1.1"}}
	if change != nil {
		change(config)
	}
	secure := tls.Client(conn, config)
	return &tlsPeer{secure, t, bufio.NewReader(secure)}
}

// get sends a request and returns the content of the answer.
func (p *tlsPeer) get(why, request string) string {
	p.t.Helper()
	go io.WriteString(p, request)
	response, err := rawhttp.ReadResponse(p.answer, "GET")
	if err != nil {
		p.t.Fatalf("%s: %v", why, err)
	}
	if response.StatusCode() != 200 {
		p.t.Fatalf("%s: status %s", why, response.Status)
	}
	return response.Content
}

// wantEnd wants the server to have said that nothing follows (RFC 8446 §6.1).
func (p *tlsPeer) wantEnd(why string) {
	p.t.Helper()
	if octet, err := p.answer.ReadByte(); err != io.EOF {
		p.t.Fatalf("%s: want a close_notify, got %q, %v", why, octet, err)
	}
}
