package transport

import (
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
)

// Own wraps a listener of package net that this process has just made. It knows from now on whether the socket
// is still ours alone: only then may it end in a way that another process with the same socket would notice.
func Own(on net.Listener) net.Listener {
	switch on := on.(type) {
	case *net.TCPListener:
		return &TCPListener{TCPListener: on}
	case *net.UnixListener:
		return newUnixListener(on)
	}
	return on
}

// ownership is lost when somebody else is given the socket: it may be on its way to another process.
type ownership struct{ shared atomic.Bool }

func (o *ownership) alone() bool { return !o.shared.Load() }

// A TCPListener is of this process alone until File or SyscallConn is called.
type TCPListener struct {
	*net.TCPListener
	ownership
}

// File is that of the TCPListener of package net, and shares the socket.
func (l *TCPListener) File() (*os.File, error) {
	l.shared.Store(true)
	return l.TCPListener.File()
}

// SyscallConn is that of the TCPListener of package net, and shares the socket.
func (l *TCPListener) SyscallConn() (syscall.RawConn, error) {
	l.shared.Store(true)
	return l.TCPListener.SyscallConn()
}

// A UnixListener is of this process alone until File or SyscallConn is called. It removes the file of its
// socket, but not that of somebody else who listens at the same path by now.
type UnixListener struct {
	*net.UnixListener
	ownership
	bound    os.FileInfo // the file of the socket; nil if there is none
	stays    atomic.Bool // the file is not to be removed
	removing sync.Once
}

func newUnixListener(on *net.UnixListener) *UnixListener {
	on.SetUnlinkOnClose(false) // it knows the path, and not whose file is there
	l := &UnixListener{UnixListener: on}
	path := l.path()
	if path == "" || path[0] == '@' { // an abstract socket has no file: see unix(7)
		return l
	}
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == os.ModeSocket {
		os.SameFile(info, info) // on Windows it is only now that the identity of the file is read
		l.bound = info
	}
	return l
}

func (l *UnixListener) path() string { return l.Addr().String() }

// File is that of the UnixListener of package net, and shares the socket: another process may go
// on listening with it, so the file of the socket stays.
func (l *UnixListener) File() (*os.File, error) {
	l.shared.Store(true)
	return l.UnixListener.File()
}

// SyscallConn is that of the UnixListener of package net, and shares the socket.
func (l *UnixListener) SyscallConn() (syscall.RawConn, error) {
	l.shared.Store(true)
	return l.UnixListener.SyscallConn()
}

// SetUnlinkOnClose says whether the file of the socket is removed, as it is unless this says otherwise.
func (l *UnixListener) SetUnlinkOnClose(unlink bool) { l.stays.Store(!unlink) }

// refuse removes the file: newcomers find nobody, instead of being reset when the socket is closed.
func (l *UnixListener) refuse() bool {
	l.remove()
	return false
}

// Close removes the file, unless that was done, and then closes the socket: as long as that is open, no other
// file has the same identity.
func (l *UnixListener) Close() error {
	l.remove()
	return l.UnixListener.Close()
}

// remove removes the file of the socket, once, if it is still the one that was bound. A server that starts
// meanwhile finds that this one still listens.
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
