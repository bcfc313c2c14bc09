package actors

import (
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"path/filepath"
	"testing"
)

// Further kinds of socket, for eachSocket.

func dialUnix(t *testing.T) (socket, net.Conn) {
	dispatcher := NewDispatcher()
	t.Cleanup(dispatcher.Close)
	on, err := ListenOn("unix:" + filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Skip(err) // not everywhere
	}
	s, client := dialFirst(t, newAcceptor(on, dispatcher))
	if s.peer() != unixPeer {
		t.Errorf("the address of the client: want %s, got %s", unixPeer, s.peer())
	}
	return s, client
}

func dialTLSSocket(t *testing.T) (socket, net.Conn) {
	c, err := testCertificate(t)
	if err != nil {
		t.Fatal(err)
	}
	s, client := dialFirst(t, gatedTCP(t, nil, c.tlsConfig()))
	secure := tls.Client(client, &tls.Config{InsecureSkipVerify: true, SessionTicketsDisabled: true})
	return prepared(t, s, secure.Handshake), secure
}

func testCertificate(t *testing.T) (*certificate, error) {
	certFile, keyFile := writePair(t, t.TempDir(), 1)
	return newCertificate(certFile, keyFile, &actorLog{noLog})
}

func dialProxied(t *testing.T) (socket, net.Conn) {
	proxies := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	s, client := dialFirst(t, gatedTCP(t, proxies, nil))
	s = prepared(t, s, func() error {
		_, err := io.WriteString(client, "PROXY TCP4 192.0.2.7 198.51.100.1 51234 80\r\n")
		return err
	})
	if s.peer() != theClient {
		t.Errorf("the address of the client: want %s, got %s", theClient, s.peer())
	}
	return s, client
}

func gatedTCP(t *testing.T, proxies []netip.Prefix, config *tls.Config) acceptor {
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return newAcceptor(newGatedAcceptor(on, proxies, config), nil)
}

// dialFirst is the first connection that the acceptor gets.
func dialFirst(t *testing.T, from acceptor) (socket, net.Conn) {
	t.Cleanup(func() { from.Close() })
	client, err := net.Dial(from.Addr().Network(), from.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s, err := from.accept()
	if err != nil {
		t.Fatal(err)
	}
	return s, client
}

// prepared has both sides do what comes before the first octets.
func prepared(t *testing.T, s socket, client func() error) socket {
	stream, failed := s.(*streamSocket), make(chan error, 1)
	if !stream.preparing() {
		t.Error("the client has to say something first")
	}
	go func() { failed <- client() }()
	if err := stream.prepare(); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	stream.prepare = nil
	stream.unready.Store(false)
	return s
}
