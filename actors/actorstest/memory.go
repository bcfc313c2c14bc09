package actorstest

import (
	"context"
	"net"
	"net/http"
	"sync"

	"github.com/troupe-go/troupe/actors/internal/duplex"
)

// memory is how a test connects to its server: by a listener in memory.
type memory struct {
	once     sync.Once
	listener *listener
}

// A listener hands out the server's ends of connections in memory.
type listener struct {
	conns  chan net.Conn
	closed chan struct{}
	close  func()
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error   { l.close(); return nil }
func (l *listener) Addr() net.Addr { return address{} }

type address struct{}

func (address) Network() string { return "memory" }
func (address) String() string  { return "memory" }

// connect makes a connection to the server.
func (s *Site) connect() (net.Conn, error) {
	var err error
	s.once.Do(func() {
		l := &listener{conns: make(chan net.Conn), closed: make(chan struct{})}
		l.close = sync.OnceFunc(func() { close(l.closed) })
		s.listener = l
		_, err = s.server.Start(l)
	})
	if err != nil {
		return nil, err
	}
	client, server := duplex.New()
	select {
	case s.listener.conns <- server:
		return client, nil
	case <-s.listener.closed:
		return nil, net.ErrClosed
	}
}

// Dial connects to the server in memory, for tests of what is on the wire.
func (s *Site) Dial() *Client {
	s.t.Helper()
	conn, err := s.connect()
	if err != nil {
		s.t.Fatalf("cannot connect: %v", err)
	}
	return New(s.t, conn)
}

// HTTPClient is a client of net/http whose connections, to any host, go to the server in memory.
func (s *Site) HTTPClient() *http.Client {
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return s.connect() }}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}
