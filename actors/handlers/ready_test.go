package handlers_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// A pipeListener hands out in-memory connections, which go by the fake clock.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	close  func()
}

func newPipeListener() *pipeListener {
	closed := make(chan struct{})
	return &pipeListener{make(chan net.Conn), closed, sync.OnceFunc(func() { close(closed) })}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { l.close(); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "pipe"} }

// A load balancer asks before each step.
func TestReadySaysWhetherToSendMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := actors.NewServer(actors.Config{
			Logger: slog.New(slog.DiscardHandler), DrainDelay: time.Second, IdleTimeout: -1,
		})
		server.Handle("GET /ready", handlers.Ready(server), actors.Vital())
		on, served, ended := newPipeListener(), make(chan error, 1), make(chan error, 1)
		go func() { served <- server.Serve(on) }()
		var client net.Conn
		ask := func(why string, status int, content string) {
			t.Helper()
			var conn net.Conn
			client, conn = net.Pipe() // a new one each time: what drains says that each exchange is the last
			on.conns <- conn
			answers := bufio.NewReader(client)
			defer client.Close()
			go io.WriteString(client, "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n")
			response, err := http.ReadResponse(answers, nil)
			if err != nil {
				t.Fatalf("%s: %v", why, err)
			}
			got, err := io.ReadAll(response.Body)
			if err != nil || response.StatusCode != status || string(got) != content {
				t.Errorf("%s: want %d %s, got %d %s (%v)", why, status, content, response.StatusCode, got, err)
			}
			if kind := response.Header.Get("Content-Type"); kind != "application/json" {
				t.Errorf("%s: want it as application/json, got %q", why, kind)
			}
		}
		ask("it serves", 200, `{"status": "ready"}`)
		go func() { ended <- server.Shutdown(context.Background()) }()
		synctest.Wait()
		ask("it is about to go", 503, `{"status": "draining"}`)
		time.Sleep(time.Second - 1)
		ask("it goes soon", 503, `{"status": "draining"}`)
		time.Sleep(time.Second)
		if err := <-ended; err != nil {
			t.Errorf("nothing holds it up: %v", err)
		}
		if err := <-served; !errors.Is(err, actors.ErrServerClosed) {
			t.Errorf("Serve says why it ended: %v", err)
		}
		time.Sleep(2 * time.Second) // the library's throttle of dead letters is a goroutine for one
	})
}
