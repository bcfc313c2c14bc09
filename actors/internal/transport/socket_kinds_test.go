package transport

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"testing"
)

// Further kinds of socket, for eachSocket.

func dialUnix(t *testing.T) (Socket, net.Conn) {
	on, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Skip(err) // not everywhere
	}
	s, client := dialFirst(t, NewAcceptor(on, polling(t)))
	if s.Peer() != UnixPeer {
		t.Errorf("the address of the client: want %s, got %s", UnixPeer, s.Peer())
	}
	return s, client
}

// polling makes a poller, and waits for it until the test is over.
func polling(t *testing.T) func() (*Poller, error) {
	return func() (*Poller, error) {
		p, err := NewPoller()
		if err == nil {
			t.Cleanup(p.Close)
			go func() {
				for p.Wait() {
					p.Deliver()
				}
			}()
		}
		return p, err
	}
}

// unpolled is a poller that cannot be had, as on other systems.
func unpolled(*testing.T) func() (*Poller, error) {
	return func() (*Poller, error) { return nil, errors.ErrUnsupported }
}

type pollerFor = func(*testing.T) func() (*Poller, error)

func dialTLSSocket(poller pollerFor) func(t *testing.T) (Socket, net.Conn) {
	return func(t *testing.T) (Socket, net.Conn) {
		s, client := dialFirst(t, gatedTCP(t, nil, serverTLS(), poller(t)))
		secure := tls.Client(client, &tls.Config{InsecureSkipVerify: true, SessionTicketsDisabled: true})
		if !s.Encrypted() {
			t.Error("want it known that the client cannot be overheard")
		}
		return preparing(t, s, secure.Handshake), secure
	}
}

// serverTLS has a certificate.
func serverTLS() *tls.Config {
	judge := httptest.NewTLSServer(nil)
	judge.Close() // all that is wanted of it is its certificate
	return &tls.Config{Certificates: judge.TLS.Certificates}
}

// dialOwnTLS dials a listener that speaks TLS itself.
func dialOwnTLS(t *testing.T) (Socket, net.Conn) {
	s, client := dialAcceptor(t, func(on net.Listener) Acceptor {
		return newStreamAcceptor(tls.NewListener(on, serverTLS()))
	})
	if !s.Encrypted() {
		t.Error("want it known that the client cannot be overheard")
	}
	secure, failed := tls.Client(client, &tls.Config{InsecureSkipVerify: true, SessionTicketsDisabled: true}), make(chan error, 1)
	go func() { failed <- secure.Handshake() }()
	if err := s.(*Stream).below.Conn.(*tls.Conn).Handshake(); err != nil { // else the first read does it
		t.Fatal(err)
	}
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	return s, secure
}

func dialProxied(poller pollerFor) func(t *testing.T) (Socket, net.Conn) {
	return func(t *testing.T) (Socket, net.Conn) {
		s, client := dialFirst(t, gatedTCP(t, loopback, nil, poller(t)))
		return preparing(t, s, func() error {
			_, err := io.WriteString(client, "PROXY TCP4 192.0.2.7 198.51.100.1 51234 80\r\n")
			return err
		}), client
	}
}

// loopback is where the tests' proxies are.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func gatedTCP(t *testing.T, proxies []netip.Prefix, config *tls.Config, poller func() (*Poller, error)) Acceptor {
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return NewAcceptor(Gated(on, proxies, config), poller)
}

// dialFirst is the first connection that the acceptor gets.
func dialFirst(t *testing.T, from Acceptor) (Socket, net.Conn) {
	t.Cleanup(func() { from.Close() })
	client, err := net.Dial(from.Addr().Network(), from.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s, err := from.AcceptSocket()
	if err != nil {
		t.Fatal(err)
	}
	return s, client
}

// preparing has the client say what comes before the first octets.
func preparing(t *testing.T, s Socket, say func() error) Socket {
	if !s.Preparing() {
		t.Error("the client has to say something first")
	}
	go func() {
		if err := say(); err != nil {
			t.Error(err)
		}
	}()
	return s
}
