package transport

import (
	"net"
	"net/netip"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// NewAcceptor accepts directly from the kernel if it can, and lets a poller watch the sockets.
func NewAcceptor(on net.Listener, poller func() (*Poller, error)) Acceptor {
	below, gated := on, (*gate)(nil)
	if a, ok := on.(*gatedAcceptor); ok {
		below, gated = a.Listener, &a.gate
	}
	kernel, err := newKernelListener(below)
	if err != nil {
		return newStreamAcceptor(on)
	}
	if poller, err := poller(); err == nil {
		return &polledAcceptor{kernel, below.Addr().Network() == "tcp", poller, gated}
	}
	if gated != nil {
		return &gatedAcceptor{kernel, *gated} // which does not block in the kernel either
	}
	kernel.file.Close()
	return newStreamAcceptor(on)
}

// A polledAcceptor accepts connections as bare descriptors: the runtime never hears of them.
type polledAcceptor struct {
	*kernelListener
	tcp    bool
	poller *Poller
	gate   *gate // or nil
}

func (a *polledAcceptor) AcceptSocket() (Socket, error) {
	fd, from, err := a.kernelListener.next()
	if err != nil {
		return nil, err
	}
	return a.newSocket(fd, from)
}

// Waiting takes the whole backlog, because closing the socket would reset those connections.
func (a *polledAcceptor) Waiting() []Socket {
	a.interrupt()
	return a.More(LongestBacklog)
}

func (a *polledAcceptor) More(most int) (sockets []Socket) {
	a.each(most, func(fd int, from syscall.Sockaddr) {
		if s, err := a.newSocket(fd, from); err == nil {
			sockets = append(sockets, s)
		}
	})
	return sockets
}

func (a *polledAcceptor) newSocket(fd int, from syscall.Sockaddr) (Socket, error) {
	if a.tcp {
		configureTCP(fd)
	}
	polled := &polledSocket{fd: fd, poller: a.poller, address: addressOf(from)}
	var s Socket = polled
	if a.gate != nil {
		if gated := a.gate.gated(polled, a.Addr()); gated != nil {
			s, polled = gated, &gated.polledSocket
		}
	}
	if err := a.poller.add(polled); err != nil {
		syscall.Close(fd)
		return nil, err
	}
	return s, nil
}

func (a *polledAcceptor) Refuse() bool { return a.refuse() }

func (a *polledAcceptor) Settle(grace time.Duration) { a.settle(grace) }

// zoneName is the name of the interface through which a link-local address is reached (RFC 4007 §11).
func zoneName(index int) string {
	if name, known := zoneNames.Load(index); known {
		return name.(string)
	}
	name := strconv.Itoa(index)
	if on, err := net.InterfaceByIndex(index); err == nil {
		name = on.Name
		zoneNames.Store(index, name)
	}
	return name
}

// zoneNames are known names by index, because asking the kernel takes a while.
var zoneNames sync.Map

func addressOf(from syscall.Sockaddr) string {
	switch from := from.(type) {
	case *syscall.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(from.Addr), uint16(from.Port)).String()
	case *syscall.SockaddrInet6:
		ip := netip.AddrFrom16(from.Addr).Unmap()
		if from.ZoneId != 0 && ip.Is6() {
			ip = ip.WithZone(zoneName(int(from.ZoneId)))
		}
		return netip.AddrPortFrom(ip, uint16(from.Port)).String()
	case *syscall.SockaddrUnix:
		return UnixPeer
	}
	return "unknown"
}
