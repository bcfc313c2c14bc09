package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/pires/go-proxyproto"
)

// The files of a peer that serves over TLS, in its working directory.
const certFile, keyFile = "cert.pem", "key.pem"

// writeCertificate writes a certificate of its own making, and its key, into a directory.
func writeCertificate(dir string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(24 * time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return errors.Join(writePEM(filepath.Join(dir, certFile), "CERTIFICATE", cert),
		writePEM(filepath.Join(dir, keyFile), "PRIVATE KEY", private))
}

func writePEM(file, kind string, octets []byte) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: octets}), 0o600)
}

// afterHeader is a listener for the peers that know no PROXY protocol themselves.
func afterHeader(listener net.Listener) net.Listener { return &proxyproto.Listener{Listener: listener} }

// An idleKind is a kind of connection whose memory is measured.
type idleKind struct {
	label string
	serve string // what a peer serves
	begin func(net.Conn) (net.Conn, error)
}

var idleKinds = []idleKind{
	{"", "hello", func(conn net.Conn) (net.Conn, error) { return conn, nil }},
	{" over TLS", "tls", func(conn net.Conn) (net.Conn, error) {
		secure := tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
		return secure, secure.Handshake()
	}},
	{" from a proxy", "proxied", func(conn net.Conn) (net.Conn, error) {
		_, err := io.WriteString(conn, "PROXY TCP4 192.0.2.7 198.51.100.1 51234 80\r\n")
		return conn, err
	}},
}

// tellGoroutines answers each line that is read with the number of goroutines.
func tellGoroutines(questions io.Reader) {
	for lines := bufio.NewScanner(questions); lines.Scan(); {
		fmt.Println(runtime.NumGoroutine())
	}
}

// goroutines asks a Go peer how many goroutines it has.
func (p *process) goroutines() (count int, err error) {
	if _, err := io.WriteString(p.leash, "goroutines?\n"); err != nil {
		return 0, err
	}
	line, err := p.output.ReadString('\n')
	if err != nil {
		return 0, err
	}
	_, err = fmt.Sscan(strings.TrimSpace(line), &count)
	return count, err
}
