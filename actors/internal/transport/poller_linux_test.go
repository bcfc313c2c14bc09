package transport

import (
	"net"
	"syscall"
	"testing"
)

// A Poller knows a socket until it is closed, whatever kind it is and however it ends.
func TestAClosedSocketLeavesThePoller(t *testing.T) {
	p, err := polling(t)()
	if err != nil {
		t.Fatal(err)
	}
	own := func() (*Poller, error) { return p, nil }
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	for name, from := range map[string]Acceptor{
		"plain": NewAcceptor(on, own), "TLS": gatedTCP(t, nil, serverTLS(), own), "from a proxy": gatedTCP(t, loopback, nil, own),
	} {
		before := p.known()
		var sockets []Socket
		for range 10 {
			s, client := dialFirst(t, from)
			defer client.Close()
			s.Open(func() {}, func() {})
			sockets = append(sockets, s)
		}
		if n := p.known() - before; n != 10 {
			t.Errorf("%s: want 10 sockets, got %d", name, n)
		}
		for i, s := range sockets {
			if i%2 == 0 {
				s.Demand()
				s.Reset()
			}
			s.Close()
		}
		if n := p.known() - before; n != 0 {
			t.Errorf("%s: %d sockets stay that are closed", name, n)
		}
	}
}

// known is how many sockets the poller holds.
func (p *Poller) known() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.sockets {
		if s != nil {
			n++
		}
	}
	return n
}

// An event that was fetched before its socket was closed is not one of the next socket, which may well have
// the same descriptor.
func TestALateEventIsNotThatOfAnotherSocket(t *testing.T) {
	p, err := NewPoller()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	descriptors, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(descriptors[1])
	first := &polledSocket{fd: descriptors[0], poller: p}
	if err := p.add(first); err != nil {
		t.Fatal(err)
	}
	first.Open(func() { t.Error("it is closed") }, func() {})
	first.Demand()
	syscall.Shutdown(descriptors[1], syscall.SHUT_RDWR)
	if !p.Look() {
		t.Fatal("the end is an event")
	}
	late := append([]syscall.EpollEvent(nil), p.events[:p.number]...)
	again, err := syscall.Dup(descriptors[1])
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	if err := syscall.Dup3(again, first.fd, syscall.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	syscall.Close(again)
	next := &polledSocket{fd: first.fd, poller: p}
	if err := p.add(next); err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	next.Open(func() { t.Error("nothing has happened to it") }, func() {})
	next.Demand()
	p.number = copy(p.events, late)
	p.Deliver()
	if next.Ended() || next.Broken() {
		t.Error("it was another socket that has ended")
	}
}
