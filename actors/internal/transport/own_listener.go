package transport

import (
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
)

// Own wraps a listener of package net that this process has just made. From now on it knows whether only we have the
// socket: only then may the socket end in a way that another process with it would notice.
func Own(on net.Listener) net.Listener {
	switch on := on.(type) {
	case *net.TCPListener:
		return &TCPListener{TCPListener: on}
	case *net.UnixListener:
		return newUnixListener(on)
	}
	return on
}

// ownership is lost when a caller gets the socket, which may then go to another process.
type ownership struct{ shared atomic.Bool }

func (o *ownership) alone() bool { return !o.shared.Load() }

// A TCPListener belongs to this process alone until File or SyscallConn is called.
type TCPListener struct {
	*net.TCPListener
	ownership
}

// File is File of net.TCPListener. It shares the socket.
func (l *TCPListener) File() (*os.File, error) {
	l.shared.Store(true)
	return l.TCPListener.File()
}

// SyscallConn is SyscallConn of net.TCPListener. It shares the socket.
func (l *TCPListener) SyscallConn() (syscall.RawConn, error) {
	l.shared.Store(true)
	return l.TCPListener.SyscallConn()
}

// A UnixListener belongs to this process alone until File or SyscallConn is called. It removes the file of its
// socket, unless the file belongs to another listener at the same path by then.
type UnixListener struct {
	*net.UnixListener
	ownership
	bound    os.FileInfo // the file of the socket; nil if there is none
	stays    atomic.Bool // the file must not be removed
	removing sync.Once
}

func newUnixListener(on *net.UnixListener) *UnixListener {
	on.SetUnlinkOnClose(false) // package net knows the path, but not whose file is there
	l := &UnixListener{UnixListener: on}
	path := l.path()
	if path == "" || path[0] == '@' { // an abstract socket has no file: see unix(7)
		return l
	}
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == os.ModeSocket {
		os.SameFile(info, info) // on Windows only this reads the identity of the file
		l.bound = info
	}
	return l
}

func (l *UnixListener) path() string { return l.Addr().String() }

// File is File of net.UnixListener. It shares the socket: another process may go on listening with it, so the file of
// the socket stays.
func (l *UnixListener) File() (*os.File, error) {
	l.shared.Store(true)
	return l.UnixListener.File()
}

// SyscallConn is SyscallConn of net.UnixListener. It shares the socket.
func (l *UnixListener) SyscallConn() (syscall.RawConn, error) {
	l.shared.Store(true)
	return l.UnixListener.SyscallConn()
}

// SetUnlinkOnClose says whether Close removes the file of the socket; true by default.
func (l *UnixListener) SetUnlinkOnClose(unlink bool) { l.stays.Store(!unlink) }

// refuse removes the file, so that newcomers find nobody, rather than being reset when the socket is closed.
func (l *UnixListener) refuse() bool {
	l.remove()
	return false
}

// Close removes the file, unless that was done, and then closes the socket. In this order, because no other file can
// have the same identity while the socket is open.
func (l *UnixListener) Close() error {
	l.remove()
	return l.UnixListener.Close()
}

// remove removes the file of the socket, once, if it is still the one that was bound. A server that starts meanwhile
// sees that this one still listens.
func (l *UnixListener) remove() {
	l.removing.Do(func() {
		if l.bound == nil || l.stays.Load() || !l.alone() {
			return
		}
		if info, err := os.Lstat(l.path()); err == nil && os.SameFile(info, l.bound) {
			os.Remove(l.path())
		}
	})
}
