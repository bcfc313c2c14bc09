package actors

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/troupe-go/troupe/actors/internal/transport"
)

// unixPrefix marks an address that is the path of a Unix socket.
const unixPrefix = "unix:"

// Listen listens on a TCP address, such as "127.0.0.1:8080", or on a Unix socket, such as "unix:/run/troupe.sock".
// Closing the listener removes the file of a Unix socket, unless the file belongs to another server by then. A file
// left behind, on which nobody listens, is replaced.
//
// On Linux, a Server that shuts down resets no client that connects to such a listener. For this the listener must be
// the only owner of its socket. Clients that connect just when the last process closes the socket may be reset if
// File or SyscallConn was called, or if the listener was made elsewhere. For the same reason there is no multipath
// TCP. After File or SyscallConn, the file of a Unix socket stays.
//
// 0.0.0.0 means all IPv4 addresses; [::] and an empty host mean all addresses of both families. The umask sets the
// mode of a Unix socket's file; use os.Chmod to let others connect.
//
// An empty address, or one without a port, is an error: an unset variable must not open a port that nobody knows.
// Port 0 picks a free one.
func Listen(address string) (net.Listener, error) {
	if path, isUnix := strings.CutPrefix(address, unixPrefix); isUnix {
		if path == "" {
			return nil, fmt.Errorf("actors: %q is no address: after unix: comes a path, as in unix:/run/troupe.sock", address)
		}
		return listenUnix(path)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil || port == "" {
		return nil, fmt.Errorf("actors: %q is no address: it must be host:port, as 127.0.0.1:8080, or :8080 for all interfaces, "+
			"or unix:/path; port 0 picks a free one", address)
	}
	var config net.ListenConfig
	config.SetMultipathTCP(false) // Linux cannot filter multipath TCP, see transport.Acceptor.Refuse
	network := "tcp"
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is4() {
		network = "tcp4" // package net takes 0.0.0.0 for IPv6 as well
	}
	on, err := config.Listen(context.Background(), network, address)
	if err != nil {
		return nil, err
	}
	return transport.Own(on), nil
}

// listenUnix listens on a Unix socket. If two servers start at the same time, the second waits until the first
// listens, and then finds the socket in use.
func listenUnix(path string) (net.Listener, error) {
	defer lockDirectory(filepath.Dir(path))()
	on, err := net.Listen("unix", path)
	if errors.Is(err, syscall.EADDRINUSE) && leftBehind(path) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		on, err = net.Listen("unix", path)
	}
	if err == nil {
		return transport.Own(on), nil
	}
	if info, failed := os.Lstat(path); failed == nil && info.Mode().Type() != fs.ModeSocket {
		return nil, fmt.Errorf("listen unix %s: there is a file, and it is no socket", path)
	}
	return nil, err
}

// leftBehind reports whether the path is a Unix socket without a listener.
func leftBehind(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return false
	}
	conn, err := net.Dial("unix", path)
	if err == nil {
		conn.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}
