package actors

import (
	"crypto/tls"
	"net"

	"github.com/troupe-go/troupe/actors/internal/transport"
)

// ListenAndServeTLS listens on the address as ListenAndServe does, and serves over TLS.
func (s *Server) ListenAndServeTLS(address, certFile, keyFile string) error {
	on, err := ListenOn(address)
	if err != nil {
		return err
	}
	return s.ServeTLS(on, certFile, keyFile)
}

// ServeTLS serves as Serve does, over TLS 1.2 or later (RFC 9110 §4.2.2). The files hold a chain of
// certificates, the server's own first, and its private key, as PEM. They are read again when they
// have changed; as long as the new ones are of no use, the old ones stay.
func (s *Server) ServeTLS(on net.Listener, certFile, keyFile string) error {
	return afterStart(s.StartTLS(on, certFile, keyFile))
}

// StartTLS begins what ServeTLS does, and returns: wait goes on to its end.
func (s *Server) StartTLS(on net.Listener, certFile, keyFile string) (wait func() error, err error) {
	if isNil(on) {
		return nil, errNoListener
	}
	certificate, err := newCertificate(certFile, keyFile, s.env.log)
	if err != nil {
		on.Close()
		return nil, err
	}
	return s.startOn(transport.Gated(on, s.env.config.Proxies, certificate.tlsConfig()))
}

// tlsConfig speaks HTTP/1.1 only, and says so (RFC 7301 §3.1).
func (c *certificate) tlsConfig() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: c.current,
	}
}
