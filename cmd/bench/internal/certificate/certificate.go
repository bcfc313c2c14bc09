// Package certificate makes certificates for TLS servers. Nobody trusts them.
package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// With serves with an untrusted certificate. Its files have no name in the file system, so that a killed server
// leaves none behind.
func With(serve func(certFile, keyFile string) error) (err error) {
	cert, key, err := selfSigned()
	if err != nil {
		return err
	}
	certFile, err := nameless(cert)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, certFile.Close()) }()
	keyFile, err := nameless(key)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keyFile.Close()) }()
	err = serve(pathOf(certFile), pathOf(keyFile))
	runtime.KeepAlive(keyFile)
	return err
}

// The files of a server with TLS, in its working directory.
const CertFile, KeyFile = "cert.pem", "key.pem"

// Write writes such a certificate, and its key, into a directory.
func Write(dir string) error {
	cert, key, err := selfSigned()
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(filepath.Join(dir, CertFile), cert, 0o600),
		os.WriteFile(filepath.Join(dir, KeyFile), key, 0o600))
}

// selfSigned makes a certificate for an hour or so, and its key, as PEM.
func selfSigned() (cert, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour)}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return nil, nil, err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}), nil
}

// TrustingAll is the configuration for clients of such servers.
func TrustingAll() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }

// nameless makes a file with that content, which is gone when it is closed.
func nameless(content []byte) (*os.File, error) {
	file, err := os.CreateTemp("", "troupe-bench-")
	if err != nil {
		return nil, err
	}
	_, err = file.Write(content)
	return file, errors.Join(err, os.Remove(file.Name()))
}

// pathOf returns a path that opens the file while it is open (proc(5)).
func pathOf(file *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", file.Fd()) }
