package transport

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/troupe-go/troupe/actors/internal/duplex"
)

// flood sends a request of a client that does not speak TLS, and goes on sending until that fails.
func flood(client net.Conn) {
	io.WriteString(client, "POST / HTTP/1.1\r\n\r\n")
	for piece := make([]byte, 64<<10); ; {
		if _, err := client.Write(piece); err != nil {
			return
		}
	}
}

// A client that still sends can read its answer for the time of the linger, though no more is read from it.
func TestPlainHTTPIsExplainedToAClientThatStillSends(t *testing.T) {
	for name, poller := range map[string]pollerFor{"polled": polling, "by a goroutine": unpolled} {
		t.Run(name, func(t *testing.T) {
			socket, client := dialFirst(t, gatedTCP(t, nil, serverTLS(), poller(t)))
			defer client.Close()
			s := &socketTest{socket, client, make(chan struct{}, 100)}
			s.Open(func() { s.notices <- struct{}{} }, func() {})
			begun := time.Now()
			s.Demand()
			go flood(client)
			answer, err := io.ReadAll(client)
			if err != nil || !bytes.Contains(answer, []byte("HTTP/1.0 400 ")) {
				t.Errorf("want the answer, and its end, got %q, %v", answer, err)
			}
			if _, err := s.takeNext(); !errors.Is(err, errPlainHTTP) {
				t.Errorf("want %v, got %v", errPlainHTTP, err)
			}
			if took := time.Since(begun); took < plainLinger {
				t.Errorf("closed after %v, while the client sends", took)
			}
			s.Close()
		})
	}
}

// Only a limited number of clients is waited for; beyond it, clients that still send get no time.
func TestFewAreWaitedForWhoSendOn(t *testing.T) {
	for _, test := range []struct {
		others int32
		took   time.Duration
	}{{0, plainLinger}, {mostLingering - 1, plainLinger}, {mostLingering, 0}} {
		synctest.Test(t, func(t *testing.T) {
			lingering.Add(test.others)
			defer lingering.Add(-test.others)
			client, server := duplex.New()
			go flood(client)
			go io.Copy(io.Discard, client)
			begun := time.Now()
			if err := shake(tls.Server(server, serverTLS())); err != errPlainHTTP {
				t.Errorf("want %v, got %v", errPlainHTTP, err)
			}
			if took := time.Since(begun); took != test.took {
				t.Errorf("with %d others: want %v, got %v", test.others, test.took, took)
			}
			server.Close()
			client.Close()
		})
		if n := lingering.Load(); n != 0 {
			t.Errorf("%d are still waited for", n)
		}
	}
}

// A client that ends is not waited for.
func TestAClientThatEndsIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := duplex.New()
		go func() {
			io.WriteString(client, "GET / HTTP/1.1\r\nLong: "+strings.Repeat("x", 100_000))
			client.CloseWrite()
		}()
		go io.Copy(io.Discard, client)
		begun := time.Now()
		shake(tls.Server(server, serverTLS()))
		if took := time.Since(begun); took != 0 {
			t.Errorf("it took %v", took)
		}
		server.Close()
		client.Close()
	})
}
