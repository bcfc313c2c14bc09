package actors

import (
	"crypto/tls"
	"errors"
	"net"
	"slices"

	"github.com/troupe-go/troupe/actors/internal/transport"
)

// ListenAndServeTLS listens on the address like ListenAndServe, and serves it over TLS.
func (s *Server) ListenAndServeTLS(address, certFile, keyFile string) error {
	on, err := Listen(address)
	if err != nil {
		return err
	}
	return s.ServeTLS(on, certFile, keyFile)
}

// ServeTLS serves like Serve, over TLS 1.2 or later (RFC 9110 §4.2.2). The files hold a chain of certificates, the
// server's own first, and its private key, as PEM. Changed files are read again; if they are not usable, the old
// certificate stays. Both names may be "" if Config.TLS has certificates.
func (s *Server) ServeTLS(on net.Listener, certFile, keyFile string) error {
	return afterStart(s.StartTLS(on, certFile, keyFile))
}

// StartTLS does what ServeTLS does, but returns at once; wait then waits for the end.
func (s *Server) StartTLS(on net.Listener, certFile, keyFile string) (wait func() error, err error) {
	s.check("ServeTLS")
	if isNil(on) {
		return nil, errNoListener
	}
	config, err := s.env.tlsConfig(certFile, keyFile)
	if err != nil {
		on.Close()
		return nil, err
	}
	return s.startOn(transport.Gated(on, s.env.config.Proxies, config))
}

// errNoCertificate is the error if one of the two files has no name.
var errNoCertificate = errors.New("actors: TLS needs the files of a certificate and of its key, or Config.TLS with a certificate and neither file")

// tlsConfig makes the TLS configuration of a listener. It offers HTTP/1.1 only (RFC 7301 §3.1), and the challenges of
// certificate authorities if the user's configuration answers them (RFC 8737 §3).
func (env *env) tlsConfig(certFile, keyFile string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if env.config.TLS != nil {
		config = env.config.TLS.Clone()
	}
	challenged := slices.Contains(config.NextProtos, transport.ChallengeProtocol)
	config.NextProtos = []string{"http/1.1"}
	if challenged {
		config.NextProtos = append(config.NextProtos, transport.ChallengeProtocol)
	}
	own := len(config.Certificates) > 0 || config.GetCertificate != nil || config.GetConfigForClient != nil
	if own && certFile == "" && keyFile == "" {
		return config, nil
	}
	if certFile == "" || keyFile == "" {
		return nil, errNoCertificate
	}
	certificate, err := newCertificate(certFile, keyFile, env.log)
	if err != nil {
		return nil, err
	}
	config.Certificates, config.GetCertificate = nil, certificate.current
	return config, nil
}
