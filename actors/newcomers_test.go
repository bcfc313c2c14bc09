//go:build unix

package actors

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A client that connects while the server begins to drain is answered, or finds nobody: it is never
// connected and then reset.
func TestADrainResetsNoNewcomer(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux can keep newcomers out of a socket that still accepts")
	}
	stops := 10
	if testing.Short() {
		stops = 2
	}
	certFile, keyFile := writePair(t, t.TempDir(), 1)
	path := filepath.Join(t.TempDir(), "s")
	secure := func(s *Server, on net.Listener) error { return s.ServeTLS(on, certFile, keyFile) }
	proxies := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	for name, kind := range map[string]newcomers{
		"IPv4": {address: "127.0.0.1:0", serve: (*Server).Serve},
		"IPv6": {address: "[::1]:0", serve: (*Server).Serve},
		"TLS":  {address: "127.0.0.1:0", serve: secure},
		"PROXY": {address: "127.0.0.1:0", serve: (*Server).Serve, config: Config{Proxies: proxies},
			before: "PROXY TCP4 192.0.2.7 198.51.100.1 51234 80\r\n"},
		"Unix": {address: "unix:" + path, serve: (*Server).Serve},
	} {
		t.Run(name, func(t *testing.T) {
			for range stops {
				kind.stop(t, name == "TLS")
			}
		})
	}
}

// newcomers are clients that make a new connection for each request.
type newcomers struct {
	address string
	config  Config
	serve   func(*Server, net.Listener) error
	before  string // what they say first
}

// stop stops a server while newcomers come, and wants each that was connected to be answered.
func (n newcomers) stop(t *testing.T, secure bool) {
	n.config.Logger = noLog
	server := NewServer(n.config)
	handle(server, "/", saying("hello"))
	on, err := Listen(n.address)
	if err != nil {
		t.Skip(err) // not everywhere is there IPv6
	}
	served := make(chan error, 1)
	go func() { served <- n.serve(server, on) }()
	var answered atomic.Int64
	var over atomic.Bool
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for !over.Load() {
				conn, err := net.DialTimeout(on.Addr().Network(), on.Addr().String(), 100*time.Millisecond)
				if err != nil {
					return // nobody listens, or nobody hears it
				}
				if err := n.ask(conn, secure); err != nil {
					t.Errorf("a client that was connected: %v", err)
				}
				answered.Add(1)
			}
		})
	}
	for answered.Load() < 30 {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		t.Errorf("nothing is left to wait for: %v", err)
	}
	over.Store(true)
	clients.Wait()
	if err := <-served; !errors.Is(err, ErrServerClosed) {
		t.Errorf("Serve says why it ended: %v", err)
	}
}

// ask wants the first octet of an answer.
func (n newcomers) ask(conn net.Conn, secure bool) error {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, n.before); err != nil {
		return err
	}
	if secure {
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
	}
	if _, err := io.WriteString(conn, get); err != nil {
		return err
	}
	_, err := io.ReadFull(conn, make([]byte, 1))
	return err
}
