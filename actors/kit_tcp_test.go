package actors

import (
	"context"
	"errors"
	"net"
	"testing"
)

// overTCP has a server serve over TCP until the end of the test, when nothing must hold it up.
func overTCP(t *testing.T, server *Server, serve func(*Server, net.Listener) error) (address string) {
	t.Helper()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serveUntilTheEnd(t, func() error { return serve(server, on) }, server)
	return on.Addr().String()
}

// serveUntilTheEnd has a server serve until the end of the test.
func serveUntilTheEnd(t *testing.T, serve func() error, server *Server) {
	served := make(chan error, 1)
	go func() { served <- serve() }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			t.Errorf("nothing is left to wait for: %v", err)
		}
		if err := <-served; !errors.Is(err, ErrServerClosed) {
			t.Errorf("Serve says why it ended: %v", err)
		}
	})
}

// dialTCP connects to a server until the end of the test, or earlier.
func dialTCP(t *testing.T, address string) *net.TCPConn {
	t.Helper()
	client, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client.(*net.TCPConn)
}

// waysToServe are the ways in which a server gets its connections.
func waysToServe(t *testing.T) map[string]func(*Server, net.Listener) error {
	certFile, keyFile := writePair(t, t.TempDir(), 1)
	return map[string]func(*Server, net.Listener) error{
		"TCP":          (*Server).Serve,
		"any net.Conn": func(s *Server, on net.Listener) error { return s.Serve(struct{ net.Listener }{on}) },
		"TLS":          func(s *Server, on net.Listener) error { return s.ServeTLS(on, certFile, keyFile) },
	}
}
