package main

import (
	"crypto/x509"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"

	"github.com/caddyserver/certmagic"
)

// acme is how certificates are got from a certificate authority (RFC 8555).
type acme struct {
	domains   domains // none for no such certificates
	email     string
	cache     string // the directory for certificates and keys; "" for the usual one
	directory string // the URL of the certificate authority; "" for Let's Encrypt
	caFile    string // "" for the authorities that the system trusts
}

func (a *acme) settings() settings {
	email := newText("acme-email", &a.email, "tell the certificate authority this address, for problems with a certificate")
	directory := newText("acme-directory", &a.directory, "the URL of the directory of the certificate authority; none for Let's Encrypt")
	email.kind.word, email.kind.example = "address", `"you@example.com"`
	directory.kind.word, directory.kind.example = "URL", `"https://ca.example.com/acme/directory"`
	return group("Certificates",
		&setting{name: "acme", value: &a.domains, check: a.domains.check,
			kind:  kind{word: "domains", example: `["example.com", "www.example.com"]`, separator: ",", quoted: true},
			about: "get certificates for these domains and renew them: serve HTTPS; you agree to the terms of the authority"},
		checked(email, "must be an address, as you@example.com", func() bool {
			parsed, err := mail.ParseAddress(a.email)
			return a.email == "" || err == nil && parsed.Address == a.email
		}),
		newDirectory("acme-cache", &a.cache, "the directory that keeps certificates and keys; none for one in your home"),
		checked(directory, "must be a URL with https, as "+certmagic.LetsEncryptProductionCA, func() bool {
			parsed, err := url.Parse(a.directory)
			return a.directory == "" || err == nil && parsed.Scheme == "https" && parsed.Host != ""
		}),
		newFile("acme-ca-file", &a.caFile, "trust also the authorities of this file to be the one of --acme-directory, as PEM"))
}

// check returns an error for settings that make no sense together.
func (a *acme) check(o *options) error {
	if len(a.domains) == 0 {
		switch without := "%v without %v: for which domains?"; {
		case a.email != "":
			return wrong(without, name("acme-email"), name("acme"))
		case a.cache != "":
			return wrong(without, name("acme-cache"), name("acme"))
		case a.directory != "":
			return wrong(without, name("acme-directory"), name("acme"))
		case a.caFile != "":
			return wrong(without, name("acme-ca-file"), name("acme"))
		}
		return nil
	}
	switch {
	case o.tlsCert != "":
		return wrong("%v with %v: there is one source of certificates", name("acme"), name("tls-cert"))
	case o.addr.onlyUnix():
		return wrong("%v without a host and port in %v: the certificate authority has to connect", name("acme"), name("addr"))
	}
	return nil
}

// look makes sure that certificates can be kept, and that the file of --acme-ca-file can be read.
func (a *acme) look() error {
	if len(a.domains) == 0 {
		return nil
	}
	if _, err := a.roots(); err != nil {
		return err
	}
	path, err := a.path()
	if err != nil {
		return err
	}
	if err = os.MkdirAll(path, 0o700); err == nil {
		err = tryToWrite(path)
	}
	if err != nil {
		return wrong("cannot keep certificates in %s: %v: choose another directory with %v", path, causeOf(err), name("acme-cache"))
	}
	return nil
}

func tryToWrite(directory string) error {
	file, err := os.CreateTemp(directory, ".try")
	if err != nil {
		return err
	}
	file.Close()
	return os.Remove(file.Name())
}

// path returns the directory for certificates and keys.
func (a *acme) path() (string, error) {
	if a.cache != "" {
		return a.cache, nil
	}
	home, err := os.UserConfigDir()
	if err != nil {
		return "", wrong("%v without %v: you have no home for certificates: %v", name("acme"), name("acme-cache"), err)
	}
	return filepath.Join(home, "troupe", "acme"), nil
}

// roots returns the authorities that the one of --acme-directory may be certified by; nil for those of the system.
func (a *acme) roots() (*x509.CertPool, error) {
	if a.caFile == "" {
		return nil, nil
	}
	text, err := os.ReadFile(a.caFile)
	if err != nil {
		return nil, wrong("cannot use %v: %v", name("acme-ca-file"), err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, wrong("cannot use %v: %s has no certificate, as PEM", name("acme-ca-file"), a.caFile)
	}
	return pool, nil
}
