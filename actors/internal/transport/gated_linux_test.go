package transport

import (
	"io"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A client that is silent from the start costs no goroutine.
func TestASilentClientIsNotPrepared(t *testing.T) {
	socket, client := dialFirst(t, gatedTCP(t, loopback, serverTLS(), polling(t)))
	defer client.Close()
	defer socket.Close()
	notices := make(chan struct{}, 100)
	socket.Open(func() { notices <- struct{}{} }, func() {})
	socket.Demand()
	s := socket.(*gatedSocket)
	if s.preparing.Load().started.Load() {
		t.Error("there is nothing to read")
	}
	io.WriteString(client, "this is no header")
	<-notices
	if octets, err := s.Take(); len(octets) > 0 || err == nil {
		t.Errorf("want it refused, got %q", octets)
	}
}

// A handshake that goes on after its socket was closed does not write to the next one with that descriptor.
func TestAHandshakeThatIsOverWritesNothing(t *testing.T) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	s, _ := shakes(t, gatedTCP(t, nil, asking(func() { close(begun); <-goOn }), polling(t)))
	s.Demand()
	<-begun
	gated := s.Socket.(*gatedSocket)
	s.Close()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(pair[0])
	defer syscall.Close(pair[1])
	if pair[0] != gated.fd { // else it has been given again already
		if err := syscall.Dup3(pair[0], gated.fd, syscall.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		defer syscall.Close(gated.fd)
	}
	close(goOn)
	for gated.Preparing() {
		runtime.Gosched()
	}
	octets := make([]byte, 1000)
	if n, err := syscall.Read(pair[1], octets); err != syscall.EAGAIN {
		t.Errorf("another client got %q, %v", octets[:max(n, 0)], err)
	}
}

// overUnix accepts connections with TLS over a Unix socket, which holds what its client does not take, to the octet.
func overUnix(t *testing.T) Acceptor {
	on, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	return NewAcceptor(Gated(on, nil, serverTLS()), polling(t))
}

// stuff fills the descriptor, so that the client must take something before more can be written.
func (s *gatedSocket) stuff() (octets int) {
	for piece := make([]byte, 64<<10); len(piece) > 0; piece = piece[:len(piece)/2] {
		for n, err := 1, error(nil); err == nil; octets += n {
			n, err = writeNow(s.fd, piece)
		}
	}
	return octets
}

// What TLS says by itself waits for a client that takes nothing, and no actor does. It leaves as soon as the
// client takes what came before.
func TestAnAnswerOfTLSHoldsUpNobody(t *testing.T) {
	s, c := dialTLSClient(t, overUnix(t))
	gated := s.Socket.(*gatedSocket)
	before := gated.stuff()
	c.send(append(c.newKeys(), c.seal(dataRecord, []byte("hello"))...))
	s.wantAll(t, "content is taken, though new keys cannot be sent", "hello")
	if !gated.owes.Load() {
		t.Fatal("want the answer to wait")
	}
	s.Demand()
	if _, err := io.CopyN(io.Discard, c.below, int64(before)); err != nil {
		t.Fatal(err)
	}
	<-s.notices
	if octets, err := s.Take(); len(octets) > 0 || err != nil || gated.owes.Load() {
		t.Errorf("want it sent, got %q, %v", octets, err)
	}
	if err := s.Write([]byte("answer"), time.Minute, 0); err != nil {
		t.Fatal(err)
	}
	c.wantRead("first the keys, then what they seal", "answer")
}

// The next write goes after what TLS has to say.
func TestAWriteGoesAfterAnAnswerOfTLS(t *testing.T) {
	s, c := dialTLSClient(t, overUnix(t))
	before := s.Socket.(*gatedSocket).stuff()
	c.send(append(c.newKeys(), c.seal(dataRecord, []byte("hello"))...))
	s.wantAll(t, "content is taken", "hello")
	failed := make(chan error, 1)
	go func() { failed <- s.Write([]byte("answer"), time.Minute, 0) }()
	if _, err := io.CopyN(io.Discard, c.below, int64(before)); err != nil {
		t.Fatal(err)
	}
	c.wantRead("first the keys, then what they seal", "answer")
	if err := <-failed; err != nil {
		t.Error(err)
	}
}

// A client that has TLS answer more and more, and takes nothing, ends its connection instead of filling memory.
func TestAClientCannotHaveTLSSayWhatItDoesNotTake(t *testing.T) {
	s, c := dialTLSClient(t, overUnix(t))
	gated := s.Socket.(*gatedSocket)
	gated.stuff()
	for range 1000 {
		c.send(append(c.newKeys(), c.seal(dataRecord, []byte("x"))...))
		s.Demand()
		_, err := s.takeNext()
		s.Release()
		if waits := len(gated.below.unsent); waits > mostUnsent {
			t.Fatalf("%d octets wait", waits)
		}
		if err != nil { // TLS has lost the thread
			if err := s.Write([]byte("answer"), time.Second, 0); err == nil || !strings.Contains(err.Error(), errSilenced.Error()) {
				t.Errorf("want %v, got %v", errSilenced, err)
			}
			return
		}
	}
	t.Error("it goes on for ever")
}

// The end of TLS is said without waiting, when the client takes nothing.
func TestAnEndOfTLSHoldsUpNobody(t *testing.T) {
	s, c := dialTLSClient(t, overUnix(t))
	before := s.Socket.(*gatedSocket).stuff()
	if err := s.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	s.Demand()
	if _, err := io.CopyN(io.Discard, c.below, int64(before)); err != nil {
		t.Fatal(err)
	}
	<-s.notices
	s.Take()
	if octet, err := c.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("want the end said as soon as it can, got %d, %v", octet, err)
	}
}
