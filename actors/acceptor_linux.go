package actors

import (
	"math"
	"net"
	"net/netip"
	"os"
	"syscall"
)

// newAcceptor accepts from the kernel where it can, and has a poller watch the sockets.
func newAcceptor(on net.Listener, dispatcher *Dispatcher) acceptor {
	switch on := on.(type) { // and nothing that embeds one of these: it may accept in its own way
	case *net.TCPListener, *net.UnixListener:
		if polled, err := newPolledAcceptor(on.(kernelListener), dispatcher); err == nil {
			return polled
		}
	}
	return newStreamAcceptor(on)
}

// A kernelListener is a *net.TCPListener or a *net.UnixListener.
type kernelListener interface {
	net.Listener
	File() (*os.File, error)
}

// A polledAcceptor accepts connections as bare descriptors: the runtime never hears of them.
type polledAcceptor struct {
	kernelListener
	tcp    bool
	file   *os.File // the same socket as the listener's: that one does not let us accept
	raw    syscall.RawConn
	poller *poller
}

func newPolledAcceptor(on kernelListener, dispatcher *Dispatcher) (a *polledAcceptor, err error) {
	a = &polledAcceptor{kernelListener: on}
	_, a.tcp = on.(*net.TCPListener)
	if a.file, err = on.File(); err != nil {
		return nil, err
	}
	if a.raw, err = a.file.SyscallConn(); err == nil {
		a.poller, err = dispatcher.poller()
	}
	if err != nil {
		a.file.Close()
		return nil, err
	}
	return a, nil
}

func (a *polledAcceptor) accept() (socket, error) {
	var fd int
	var from syscall.Sockaddr
	var failed error
	err := a.raw.Read(func(listening uintptr) bool {
		fd, from, failed = acceptNow(listening)
		return failed != syscall.EAGAIN
	})
	if err != nil {
		return nil, net.ErrClosed
	}
	if failed != nil {
		return nil, os.NewSyscallError("accept4", failed)
	}
	return a.newSocket(fd, from)
}

// waiting takes the whole backlog: closing the socket would reset those connections.
func (a *polledAcceptor) waiting() []socket { return a.more(math.MaxInt) }

func (a *polledAcceptor) more(most int) (sockets []socket) {
	a.raw.Control(func(listening uintptr) {
		for len(sockets) < most {
			fd, from, err := acceptNow(listening)
			if err != nil {
				return
			}
			if s, err := a.newSocket(fd, from); err == nil {
				sockets = append(sockets, s)
			}
		}
	})
	return sockets
}

// acceptNow accepts without waiting.
func acceptNow(listening uintptr) (fd int, from syscall.Sockaddr, err error) {
	for {
		fd, from, err = syscall.Accept4(int(listening), syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		if err != syscall.EINTR && err != syscall.ECONNABORTED {
			return fd, from, err
		}
	}
}

func (a *polledAcceptor) newSocket(fd int, from syscall.Sockaddr) (socket, error) {
	if a.tcp { // as package net: small responses leave at once, and a dead client is found in the end
		syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
		syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1)
	}
	s := &polledSocket{fd: fd, poller: a.poller, address: addressOf(from)}
	if err := a.poller.add(s); err != nil {
		syscall.Close(fd)
		return nil, err
	}
	return s, nil
}

func (a *polledAcceptor) Close() error {
	a.file.Close()
	return a.kernelListener.Close()
}

func addressOf(from syscall.Sockaddr) string {
	switch from := from.(type) {
	case *syscall.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(from.Addr), uint16(from.Port)).String()
	case *syscall.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(from.Addr).Unmap(), uint16(from.Port)).String()
	case *syscall.SockaddrUnix:
		return unixPeer
	}
	return "unknown"
}
