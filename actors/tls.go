package actors

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"
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
	certificate, err := newCertificate(certFile, keyFile, s.env.log)
	if err != nil {
		on.Close()
		return err
	}
	return s.serve(s.env.gated(on, certificate.tlsConfig()))
}

// tlsConfig speaks HTTP/1.1 only, and says so (RFC 7301 §3.1).
func (c *certificate) tlsConfig() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: c.current,
	}
}

// errPlainHTTP is why a connection ends whose client does not speak TLS.
var errPlainHTTP = errors.New("the client sent an HTTP request to an HTTPS server")

// looksLikeHTTP reports whether what should be the header of a TLS record can begin a request line:
// the first octet of a record is no letter (RFC 8446 §5.1).
func looksLikeHTTP(header [5]byte) bool {
	for _, c := range header {
		if (c < 'A' || c > 'Z') && c != ' ' && c != '/' && c != '*' {
			return false
		}
	}
	return header[0] >= 'A'
}

// explain answers a client that does not speak TLS, and closes in stages, so that it can read the
// answer (RFC 9112 §9.6).
func explain(conn net.Conn) {
	conn.SetDeadline(time.Now().Add(lingerTimeout))
	const answer = "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n" +
		"Content-Length: 48\r\nConnection: close\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
	if _, err := io.WriteString(conn, answer); err == nil && closeWrite(conn) == nil {
		io.CopyN(io.Discard, conn, discardLimit)
	}
}
