package transport

import (
	"errors"
	"net"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

// A kernelListener accepts descriptors of connections from a listener of package net. It waits in the runtime's
// poller and never in the kernel. Package net does wait in the kernel once another process has made the socket
// blocking: that is a property of the socket, not of the process. Starting a process with os/exec that inherits the
// socket does so.
type kernelListener struct {
	net.Listener
	file *os.File // the listener's socket: the listener itself does not let us accept
	raw  syscall.RawConn

	accepting atomic.Int32 // goroutines within next
}

func newKernelListener(on net.Listener) (*kernelListener, error) {
	var from filed
	switch on := on.(type) { // nothing that embeds one of these: it may accept in its own way
	case *net.TCPListener:
		from = on
	case *net.UnixListener:
		from = on
	case *TCPListener:
		from = on.TCPListener
	case *UnixListener:
		from = on.UnixListener
	default:
		return nil, errors.ErrUnsupported
	}
	file, err := pollable(from)
	if err != nil {
		return nil, err
	}
	l := &kernelListener{Listener: on, file: file}
	if l.raw, err = file.SyscallConn(); err != nil {
		file.Close()
		return nil, err
	}
	return l, nil
}

// A filed is a listener that can give us its socket.
type filed interface {
	syscall.Conn
	File() (*os.File, error)
}

// pollable returns a file of the same socket for which the runtime's poller can wait.
func pollable(on filed) (*os.File, error) {
	conn, err := on.SyscallConn()
	if err != nil {
		return nil, err
	}
	conn.Control(func(fd uintptr) { syscall.SetNonblock(int(fd), true) })
	file, err := on.File()
	if err != nil {
		return nil, err
	}
	if err := file.SetReadDeadline(time.Time{}); err != nil { // made blocking meanwhile
		file.Close()
		return nil, err
	}
	return file, nil
}

// next waits for a connection. The error is net.ErrClosed after Close or interrupt.
func (l *kernelListener) next() (fd int, from syscall.Sockaddr, err error) {
	l.accepting.Add(1)
	defer l.accepting.Add(-1)
	var failed error
	err = l.raw.Read(func(listening uintptr) bool {
		fd, from, failed = acceptNow(listening)
		return failed != syscall.EAGAIN
	})
	if err != nil {
		return 0, nil, net.ErrClosed
	}
	return fd, from, os.NewSyscallError("accept4", failed)
}

// each calls f with up to most connections that are already in the backlog.
func (l *kernelListener) each(most int, f func(fd int, from syscall.Sockaddr)) {
	l.raw.Control(func(listening uintptr) {
		for range most {
			fd, from, err := acceptNow(listening)
			if err != nil {
				return
			}
			f(fd, from)
		}
	})
}

// acceptNow accepts without waiting. It makes the socket non-blocking each time: see kernelListener.
func acceptNow(listening uintptr) (fd int, from syscall.Sockaddr, err error) {
	for {
		syscall.SetNonblock(int(listening), true)
		fd, from, err = syscall.Accept4(int(listening), syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		if err != syscall.EINTR && err != syscall.ECONNABORTED {
			return fd, from, err
		}
	}
}

// Accept is for callers that want a connection of package net.
func (l *kernelListener) Accept() (net.Conn, error) {
	fd, _, err := l.next()
	if err != nil {
		return nil, err
	}
	return connOf(fd)
}

func connOf(fd int) (net.Conn, error) {
	file := os.NewFile(uintptr(fd), "")
	defer file.Close() // the connection has a descriptor of its own
	return net.FileConn(file)
}

// backlog returns up to most connections that are already in the backlog.
func (l *kernelListener) backlog(most int) (conns []net.Conn) {
	l.each(most, func(fd int, _ syscall.Sockaddr) {
		if conn, err := connOf(fd); err == nil {
			conns = append(conns, conn)
		}
	})
	return conns
}

// interrupt ends the waiting for connections just before Close: while somebody waits, the socket lives on, and resets
// the clients that connect meanwhile.
func (l *kernelListener) interrupt() {
	l.file.SetReadDeadline(time.Now())
	for until := time.Now().Add(backlogPatience); l.accepting.Load() > 0 && time.Now().Before(until); {
		runtime.Gosched()
	}
}

func (l *kernelListener) Close() error {
	l.file.Close()
	return l.Listener.Close()
}
