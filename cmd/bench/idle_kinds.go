package main

import (
	"crypto/tls"
	"io"
	"net"
)

// An idleKind is a kind of connection whose memory is measured.
type idleKind struct {
	label string
	serve string // what a rival serves
	begin func(net.Conn) (net.Conn, error)
}

var idleKinds = []idleKind{
	{"", "hello", func(conn net.Conn) (net.Conn, error) { return conn, nil }},
	{" over TLS", "tls", func(conn net.Conn) (net.Conn, error) {
		secure := tls.Client(conn, trustingAll())
		return secure, secure.Handshake()
	}},
	{" from a proxy", "proxied", func(conn net.Conn) (net.Conn, error) {
		_, err := io.WriteString(conn, "PROXY TCP4 192.0.2.7 198.51.100.1 51234 80\r\n")
		return conn, err
	}},
}
