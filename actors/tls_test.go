package actors

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

func TestTLSServes(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		bubble(t, func(k *kit) {
			k.serve("/", saying("hello"))
			k.startTLS()
			peer := k.dialTLS(func(c *tls.Config) { c.MaxVersion = version })
			for range 3 {
				if got := peer.get("the connection persists", get); got != "hello" {
					t.Errorf("the same actor behind TLS: want hello, got %q", got)
				}
			}
			if state := peer.ConnectionState(); state.NegotiatedProtocol != "http/1.1" || state.Version != version {
				t.Errorf("of h2 and http/1.1 only the latter is spoken (RFC 7301 §3.2): got %q, version %x",
					state.NegotiatedProtocol, state.Version)
			}
			peer.get("the last", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
			peer.wantEnd("the end is said, so that nothing can be cut off (RFC 9112 §9.8)")
		})
	}
}

func TestTLSRefusesAHandshake(t *testing.T) {
	for name, change := range map[string]func(*tls.Config){
		"TLS 1.1":                         func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS11, tls.VersionTLS11 },
		"a challenge that nobody answers": func(c *tls.Config) { c.NextProtos = []string{"acme-tls/1"} },
		"no HTTP/1.1 (RFC 7301 §3.2)":     func(c *tls.Config) { c.NextProtos = []string{"h2"} },
		"the client does not trust ours":  func(c *tls.Config) { c.InsecureSkipVerify, c.ServerName = false, "b" },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.log.level = slog.LevelDebug
				k.startTLS()
				if err := k.dialTLS(change).Handshake(); err == nil {
					t.Error("want no handshake")
				}
				synctest.Wait()
				if k.log.count("INFO TLS handshake failed actor=listener/connection$1 error=", "tls: ", "peer=") != 1 ||
					k.log.count("DEBUG stopped actor=listener/connection$1") != 1 {
					t.Errorf("the log says why the connection ended: got %q", k.log.written())
				}
			})
		})
	}
}

// A certificate authority gets the certificate for its challenge, and nothing else (RFC 8737 §3).
func TestAChallengeIsAHandshake(t *testing.T) {
	bubble(t, func(k *kit) {
		certFile, keyFile := writePair(t, t.TempDir(), 7)
		pair, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			t.Fatal(err)
		}
		var offers [][]string
		k.server = NewServer(Config{Logger: slog.New(k.log), TLS: &tls.Config{NextProtos: []string{"acme-tls/1"},
			GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
				offers = append(offers, hello.SupportedProtos)
				return &pair, nil
			}}})
		k.serve("/", saying("hello"))
		k.startBy(func(on net.Listener) error { return k.server.ServeTLS(on, "", "") })
		peer := k.dialTLS(func(c *tls.Config) { c.NextProtos = []string{"acme-tls/1"} })
		if err := peer.Handshake(); err != nil || peer.ConnectionState().NegotiatedProtocol != "acme-tls/1" {
			t.Fatalf("got %q, %v", peer.ConnectionState().NegotiatedProtocol, err)
		}
		begun := time.Now()
		peer.wantEnd("no request may follow")
		if took := time.Since(begun); took > 0 {
			t.Errorf("it ends after %v", took)
		}
		if got := k.dialTLS(func(c *tls.Config) { c.NextProtos = []string{"acme-tls/1", "http/1.1"} }).get("a client", get); got != "hello" {
			t.Errorf("got %q", got)
		}
		if k.log.count("failed") > 0 || len(offers) != 2 || len(offers[0]) != 1 {
			t.Errorf("got %q, %q", k.log.written(), offers)
		}
	})
}

func TestAHandshakeHasTheHeadTimeout(t *testing.T) {
	bubble(t, func(k *kit) {
		k.startTLS()
		k.peer.dial()
		k.wait(10*time.Second - 1)
		k.peer.wantIdle("the idle timeout is over, but the client has not been able to ask yet")
		k.wait(1)
		k.peer.wantClosed("the head timeout is over")
	})
}

func TestAfterAHandshakeTheIdleTimeoutBegins(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.startTLS()
		peer := k.dialTLS(nil)
		k.wait(7 * time.Second)
		if err := peer.Handshake(); err != nil {
			t.Fatal(err)
		}
		k.wait(5*time.Second - 1)
		if k.log.count("stopped") > 0 {
			t.Fatal("a client may be silent for the idle timeout after the handshake")
		}
		begun := time.Now()
		peer.wantEnd("the idle timeout is over")
		if took := time.Since(begun); took != 1 {
			t.Errorf("the idle timeout ends %v too late", took-1)
		}
	})
}

func TestPlainHTTPToTLSIsExplained(t *testing.T) {
	for _, request := range []string{get, "DELETE /a HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nLong: " + strings.Repeat("x", 100_000)} {
		bubble(t, func(k *kit) {
			k.startTLS()
			k.peer.send(request)
			k.peer.wantOctets("the client is told what is wrong", "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"+
				"Content-Length: 48\r\nConnection: close\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
			k.peer.wantClosed("there is nothing else to say")
			k.wait(lingerTimeout)
		})
	}
	bubble(t, func(k *kit) {
		k.startTLS()
		k.peer.send("\x16\x03\x01 this is neither HTTP nor TLS")
		k.wait(10 * time.Second)
		if strings.Contains(string(k.peer.in), "HTTP") {
			t.Errorf("want no HTTP, got %q", k.peer.in)
		}
	})
}

func TestTLSEndsInAShutdown(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.startTLS()
		idle, busy := k.dialTLS(nil), k.dialTLS(nil)
		idle.get("it works", get)
		go io.WriteString(busy, partialHead) // and the handshake before it
		k.wait(0)
		ended := k.shutdown(context.Background())
		idle.wantEnd("nothing is to be finished")
		if got := busy.get("what was begun is finished", "st: a\r\n\r\n"); got != "hello" {
			t.Errorf("want hello, got %q", got)
		}
		busy.wantEnd("it was the last")
		busy.Close()
		wantError(t, "all is finished", ended, nil)
	})
}

func TestServeTLSRefusesWhatIsNoCertificate(t *testing.T) {
	directory := t.TempDir()
	certFile, keyFile := writePair(t, directory, 1)
	_, other := writePair(t, t.TempDir(), 2)
	empty := filepath.Join(directory, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, files := range [][2]string{{"absent", keyFile}, {certFile, "absent"}, {empty, keyFile}, {keyFile, certFile}, {certFile, other}} {
		on := newPipeListener()
		err := NewServer(Config{Logger: noLog}).ServeTLS(on, files[0], files[1])
		if err == nil || !strings.Contains(err.Error(), files[0]) || !strings.Contains(err.Error(), files[1]) {
			t.Errorf("%v: want an error that names the files, got %v", files, err)
		}
		if _, err := on.Accept(); err == nil {
			t.Error("a listener that is not served is closed")
		}
	}
}

// A response without a length ends with the connection. If it breaks off, it must not end with a TLS closing alert:
// that would say that it is complete (RFC 8446 §6.1).
func TestAStreamThatBreaksOffOverTLSIsVisiblyIncomplete(t *testing.T) {
	certFile, keyFile := writePair(t, t.TempDir(), 1)
	server := NewServer(Config{Logger: noLog})
	handle(server, "/", answering(func(r *Request) *Response {
		pieces := 0
		return r.Stream(200, nil, actorOf(func(ctx actor.Context) {
			if demand, ok := ctx.Message().(*ReadBody); ok {
				if pieces++; pieces > 1 {
					panic("no more tape")
				}
				ctx.Respond(demand.Data([]byte("half of it")))
			}
		}))
	}))
	address := overTCP(t, server, func(s *Server, on net.Listener) error { return s.ServeTLS(on, certFile, keyFile) })
	client := tls.Client(dialTCP(t, address), &tls.Config{InsecureSkipVerify: true})
	io.WriteString(client, "GET / HTTP/1.0\r\n\r\n")
	if octets, err := io.ReadAll(client); err == nil {
		t.Errorf("want an error behind %q", octets)
	}
}
