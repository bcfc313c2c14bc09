package transport

import (
	"crypto/tls"
	"io"
	"runtime"
	"strings"
	"testing"
)

// asking is a TLS configuration with a certificate callback, which may be foreign code.
func asking(ask func()) *tls.Config {
	config := serverTLS()
	certificates := config.Certificates
	config.Certificates = nil
	config.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		ask()
		return &certificates[0], nil
	}
	return config
}

// A panic in a handshake ends this connection only, and says why; so does the end of its goroutine.
func TestAHandshakeThatFailsInForeignCode(t *testing.T) {
	for name, poller := range map[string]pollerFor{"polled": polling, "by a goroutine": unpolled} {
		for _, test := range []struct {
			name string
			ask  func()
			want string
		}{
			{"a panic", func() { panic("no certificate today") }, "no certificate today"},
			{"runtime.Goexit", runtime.Goexit, errUnfinished.Error()},
		} {
			t.Run(name+", "+test.name, func(t *testing.T) {
				asked := 0
				from := gatedTCP(t, nil, asking(func() {
					if asked++; asked == 1 {
						test.ask()
					}
				}), poller(t))
				s, secure := shakes(t, from)
				s.Demand()
				if octets, err := s.takeNext(); octets != "" || err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("want an error with %q, got %q, %v", test.want, octets, err)
				}
				s.Close()
				if err := secure.Handshake(); err == nil {
					t.Error("want no handshake")
				}
				s, secure = shakes(t, from)
				s.Demand()
				if _, err := s.takeNext(); err != nil {
					t.Fatalf("another connection: %v", err)
				}
				go io.WriteString(secure, "hello")
				s.wantAll(t, "another connection", "hello")
			})
		}
	}
}

// shakes is a socket, opened, and its client, which does its part of the handshake.
func shakes(t *testing.T, from Acceptor) (*socketTest, *tls.Conn) {
	socket, client := dialFirst(t, from)
	s := &socketTest{socket, client, make(chan struct{}, 100)}
	s.Open(func() { s.notices <- struct{}{} }, func() {})
	secure := tls.Client(client, &tls.Config{InsecureSkipVerify: true})
	t.Cleanup(func() { s.Close(); client.Close() })
	go secure.Handshake()
	return s, secure
}

// An actor can close a socket at once, whatever the handshake waits for.
func TestACloseWithinAHandshake(t *testing.T) {
	for name, poller := range map[string]pollerFor{"polled": polling, "by a goroutine": unpolled} {
		t.Run(name, func(t *testing.T) {
			begun, goOn := make(chan struct{}), make(chan struct{})
			s, secure := shakes(t, gatedTCP(t, nil, asking(func() { close(begun); <-goOn }), poller(t)))
			s.Demand()
			<-begun
			s.Close()
			if octets, err := io.ReadAll(secure.NetConn()); len(octets) > 0 || err != nil {
				t.Errorf("the client sees the end: got %q, %v", octets, err)
			}
			close(goOn)
			if len(s.notices) > 0 {
				t.Error("nothing is told that is closed")
			}
		})
	}
}
