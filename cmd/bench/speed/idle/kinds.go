package idle

import (
	"crypto/tls"
	"io"
	"net"

	"github.com/troupe-go/troupe/cmd/bench/internal/certificate"
)

// A Kind is a kind of connection whose memory is measured.
type Kind struct {
	Label string // its description, after the word "connections"
	serve string // what a rival serves
	begin func(net.Conn) (net.Conn, error)
}

// Kinds are all kinds, in the order of the report.
var Kinds = []Kind{
	{"", "hello", func(conn net.Conn) (net.Conn, error) { return conn, nil }},
	{" over TLS", "tls", func(conn net.Conn) (net.Conn, error) {
		secure := tls.Client(conn, certificate.TrustingAll())
		return secure, secure.Handshake()
	}},
	{" from a proxy", "proxied", func(conn net.Conn) (net.Conn, error) {
		_, err := io.WriteString(conn, "PROXY TCP4 192.0.2.7 198.51.100.1 51234 80\r\n")
		return conn, err
	}},
}
