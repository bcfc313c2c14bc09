package actors

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"github.com/troupe-go/troupe/actors/internal/rawhttp"
	"net"
	"testing"
	"time"
)

// Blocking mode is a property of the socket, shared by all processes that inherited it, and starting one of them with
// os/exec sets it. A listener that blocks in accept could neither pass on what it has accepted nor be told to drain.
func TestAListenerThatIsSetToBlocking(t *testing.T) {
	certFile, keyFile := writePair(t, t.TempDir(), 1)
	for name, serve := range map[string]func(*Server, net.Listener) error{
		"polled": (*Server).Serve,
		"TLS":    func(s *Server, on net.Listener) error { return s.ServeTLS(on, certFile, keyFile) },
	} {
		t.Run(name, func(t *testing.T) {
			on, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			server := NewServer(Config{Logger: noLog})
			handle(server, "/", saying("hello"))
			served := make(chan error, 1)
			go func() { served <- serve(server, on) }()
			for range 3 {
				setBlocking(t, on)
				client, err := net.Dial("tcp", on.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				if name == "TLS" {
					client = tls.Client(client, &tls.Config{InsecureSkipVerify: true})
				}
				wantHello(t, client)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			if err := server.Shutdown(ctx); err != nil {
				t.Errorf("there is nothing to wait for: %v", err)
			}
			if err := <-served; !errors.Is(err, ErrServerClosed) {
				t.Errorf("Serve says why it ended: %v", err)
			}
		})
	}
}

func setBlocking(t *testing.T, on net.Listener) {
	t.Helper()
	file, err := on.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	file.Fd()
}

func wantHello(t *testing.T, client net.Conn) {
	t.Helper()
	defer client.Close()
	client.SetDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprint(client, get)
	response, err := rawhttp.ReadResponse(bufio.NewReader(client), "GET")
	if err != nil || response.StatusCode() != 200 {
		t.Fatalf("a client that is alone is answered: %v, %v", response, err)
	}
}
