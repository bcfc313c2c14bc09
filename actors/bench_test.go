package actors

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// BenchmarkExchange measures what a request costs above the kernel: decoder, three actors, encoder. Each connection
// gets bursts of requests from a socket in memory, the next burst when the last one is answered.
func BenchmarkExchange(b *testing.B) {
	greet := func(r *Request) *Response { return r.Text(200, "Hello, World!\n") }
	greeter := func() actor.Actor {
		return actor.ReceiveFunc(func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				ctx.Respond(greet(r))
			}
		})
	}
	for _, c := range []struct{ connections, burst int }{{1, 1}, {64, 1}, {64, 16}} {
		for _, handler := range []*Handler{One(greeter), Func(greet), Pool(8, greeter), PerRequest(greeter)} {
			b.Run(fmt.Sprintf("%s/connections=%d/pipelined=%d", handler.kind, c.connections, c.burst), func(b *testing.B) {
				benchmarkExchange(b, handler, c.connections, c.burst)
			})
		}
	}
}

func benchmarkExchange(b *testing.B, handler *Handler, connections, burst int) {
	server := NewServer(Config{Logger: slog.New(slog.DiscardHandler)})
	server.Handle("GET /", handler)
	on := &burstListener{sockets: make(chan transport.Socket), closed: make(chan struct{})}
	if _, err := server.listen(on); err != nil {
		b.Fatal(err)
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	var done sync.WaitGroup
	request := []byte("GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n")
	b.ReportAllocs()
	b.ResetTimer()
	for range connections {
		done.Add(1)
		on.sockets <- &burstSocket{octets: bytes.Repeat(request, burst), burst: burst, left: &left, done: done.Done}
	}
	done.Wait()
	b.StopTimer()
	server.Shutdown(b.Context())
}

// BenchmarkContent measures the cost of content that comes in pieces as large as one read of a socket.
func BenchmarkContent(b *testing.B) {
	for _, kibs := range []int{64, 1024} {
		b.Run(fmt.Sprintf("kib=%d", kibs), func(b *testing.B) { benchmarkContent(b, kibs*kib) })
	}
}

func benchmarkContent(b *testing.B, octets int) {
	server := NewServer(Config{Logger: slog.New(slog.DiscardHandler)})
	server.Handle("POST /", Func(func(r *Request) *Response { return r.Bytes(200, "", r.Body) }))
	on := &burstListener{sockets: make(chan transport.Socket), closed: make(chan struct{})}
	if _, err := server.listen(on); err != nil {
		b.Fatal(err)
	}
	request := fmt.Appendf(nil, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", octets, strings.Repeat("x", octets))
	pieces := slices.Collect(slices.Chunk(request, 16*kib))
	b.SetBytes(int64(octets))
	b.ReportAllocs()
	b.ResetTimer()
	done := make(chan struct{})
	on.sockets <- &pieceSocket{burstSocket: burstSocket{done: func() { close(done) }}, pieces: pieces, left: b.N * len(pieces)}
	<-done
	b.StopTimer()
	server.Shutdown(b.Context())
}

// A pieceSocket always has the next piece of a request ready, until none are left.
type pieceSocket struct {
	burstSocket
	pieces [][]byte
	left   int
}

func (s *pieceSocket) Take() ([]byte, error) {
	if s.left == 0 {
		s.done()
		return nil, io.EOF
	}
	s.left--
	return s.pieces[len(s.pieces)-1-s.left%len(s.pieces)], nil
}

// A burstSocket always has the next burst ready, until none are left.
type burstSocket struct {
	octets  []byte
	burst   int
	left    *atomic.Int64
	done    func()
	arrived func()
	over    bool
}

func (s *burstSocket) Open(arrived, _ func()) { s.arrived = arrived }
func (s *burstSocket) Demand()                { s.arrived() }
func (s *burstSocket) Take() ([]byte, error) {
	if s.left.Add(int64(-s.burst)) < 0 {
		if !s.over {
			s.over = true
			s.done()
		}
		return nil, io.EOF
	}
	return s.octets, nil
}
func (s *burstSocket) Release()                               {}
func (s *burstSocket) Write([]byte, time.Duration, int) error { return nil }
func (s *burstSocket) CloseWrite() error                      { return nil }
func (s *burstSocket) Reset()                                 {}
func (s *burstSocket) Close()                                 {}
func (s *burstSocket) Broken() bool                           { return false }
func (s *burstSocket) Ended() bool                            { return false }
func (s *burstSocket) Watch()                                 {}
func (s *burstSocket) Encrypted() bool                        { return false }
func (s *burstSocket) TLS() *tls.ConnectionState              { return nil }
func (s *burstSocket) Peer() string                           { return "memory" }
func (s *burstSocket) Preparing() bool                        { return false }

var _ transport.Acceptor = (*burstListener)(nil)

type burstListener struct {
	sockets chan transport.Socket
	closed  chan struct{}
}

func (l *burstListener) AcceptSocket() (transport.Socket, error) {
	select {
	case s := <-l.sockets:
		return s, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}
func (l *burstListener) More(int) []transport.Socket { return nil }
func (l *burstListener) Waiting() []transport.Socket { return nil }
func (l *burstListener) Refuse() bool                { return false }
func (l *burstListener) Settle(time.Duration)        {}
func (l *burstListener) Accept() (net.Conn, error)   { return nil, net.ErrClosed }
func (l *burstListener) Close() error                { close(l.closed); return nil }
func (l *burstListener) Addr() net.Addr              { return &net.UnixAddr{Name: "memory"} }
