package actors

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing/iotest"
	"testing/synctest"

	"github.com/troupe-go/troupe/actors/internal/duplex"
	"github.com/troupe-go/troupe/actors/internal/rawhttp"
)

// A peer is a client on an in-memory connection that reads all the time, unless it stalls.
type peer struct {
	k        *kit
	conn     *duplex.Conn
	server   *duplex.Conn // the other end: it counts the writes of the server
	outgoing chan []byte
	headOnly bool // the next response is taken without its content

	mu      sync.Mutex
	in      []byte
	err     error // io.EOF after the server has ended its side
	stalled chan struct{}
}

// dial connects to the server.
func (p *peer) dial() *peer {
	p.k.start()
	client, server := duplex.New()
	p.connect(client, server)
	p.k.listener.accepts <- acceptance{conn: server}
	synctest.Wait()
	return p
}

func (p *peer) connect(client, server *duplex.Conn) {
	p.conn, p.server, p.outgoing = client, server, make(chan []byte, 100)
	go p.read()
	go func() {
		for octets := range p.outgoing {
			client.Write(octets)
		}
		client.CloseWrite()
	}()
	p.k.cleanup = append(p.k.cleanup, func() { p.end(); client.Close(); synctest.Wait() })
}

func (p *peer) read() {
	buffer := make([]byte, 64<<10)
	for err := error(nil); err == nil; {
		var n int
		n, err = p.conn.Read(buffer)
		p.mu.Lock()
		p.in, p.err = append(p.in, buffer[:n]...), err
		stalled := p.stalled
		p.mu.Unlock()
		if stalled != nil {
			<-stalled
		}
	}
}

// stall stops reading after the next octets, until go on is called.
func (p *peer) stall() (goOn func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stalled = make(chan struct{})
	goOn = sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		close(p.stalled)
		p.stalled = nil
	})
	p.k.cleanup = append(p.k.cleanup, goOn)
	return goOn
}

// send sends without waiting for the server to take it, and returns when all is quiet.
func (p *peer) send(octets string) {
	if p.conn == nil {
		p.dial()
	}
	p.outgoing <- []byte(octets)
	synctest.Wait()
}

// end ends the client's side of the stream.
func (p *peer) end() {
	if p.outgoing != nil {
		close(p.outgoing)
		p.outgoing = nil
		synctest.Wait()
	}
}

// want takes one response, which must begin with the first of the texts and contain the others.
func (p *peer) want(why, begin string, contains ...string) string {
	p.k.t.Helper()
	synctest.Wait()
	response, err := p.take()
	if err != nil || !strings.HasPrefix(response, begin) {
		p.k.t.Fatalf("%s: want a response that begins with %q, got %q, then %q (%v)", why, begin, response, p.in, cmp.Or(err, p.err))
	}
	for _, text := range contains {
		if !strings.Contains(response, text) {
			p.k.t.Errorf("%s: want %q in the response, got %q", why, text, response)
		}
	}
	return response
}

// wantHead is want for a response to HEAD, and for the head of a stream, whose content the test takes itself.
func (p *peer) wantHead(why, begin string, contains ...string) string {
	p.k.t.Helper()
	p.headOnly = true
	return p.want(why, begin, contains...)
}

// cut cuts one whole response off the octets that have come; "" if there is none.
func (p *peer) cut() string {
	response, _ := p.take()
	return response
}

var errNoMore = errors.New("no more has come")

// take is cut, and the error says why there is none.
func (p *peer) take() (response string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	method := "GET"
	if p.headOnly {
		method = "HEAD"
	}
	stream := io.MultiReader(bytes.NewReader(p.in), iotest.ErrReader(cmp.Or(p.err, errNoMore)))
	r, err := rawhttp.ReadResponse(bufio.NewReader(stream), method)
	if err != nil {
		return "", err
	}
	p.in, p.headOnly = p.in[len(r.Octets):], false
	return r.Octets, nil
}

// wantClosed wants the server to have ended the stream, with nothing before that.
func (p *peer) wantClosed(why string) {
	p.k.t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !errors.Is(p.err, io.EOF) || len(p.in) > 0 {
		p.k.t.Fatalf("%s: want the end of the stream, got %q (%v)", why, p.in, p.err)
	}
}

// wantIdle wants the connection to be open, and nothing said.
func (p *peer) wantIdle(why string) {
	p.k.t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil || len(p.in) > 0 {
		p.k.t.Fatalf("%s: want silence, got %q (%v)", why, p.in, p.err)
	}
}

// wantWrites wants the server to have written that often since it was last asked.
func (p *peer) wantWrites(why string, n int32) {
	p.k.t.Helper()
	synctest.Wait()
	if got := p.server.Writes.Swap(0); got != n {
		p.k.t.Errorf("%s: want %d writes, got %d", why, n, got)
	}
}

// An acceptance is what a listener's Accept returns.
type acceptance struct {
	conn net.Conn
	err  error
}

// A pipeListener hands out in-memory connections, and the failures that a test wants.
type pipeListener struct {
	accepts chan acceptance
	closed  chan struct{}
	once    sync.Once
	calls   atomic.Int32 // of Accept
}

func newPipeListener() *pipeListener {
	return &pipeListener{accepts: make(chan acceptance, 100), closed: make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	l.calls.Add(1)
	select {
	case a := <-l.accepts:
		return a.conn, a.err
	case <-l.closed:
		return nil, &net.OpError{Op: "accept", Net: "pipe", Err: net.ErrClosed}
	}
}

func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "pipe"} }
