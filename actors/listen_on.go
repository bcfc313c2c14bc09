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

// unixPrefix begins an address that is the path of a Unix socket.
const unixPrefix = "unix:"

// Listen listens on a TCP address, for example "127.0.0.1:8080", or on a Unix socket, for example
// "unix:/run/troupe.sock". The file of a Unix socket is removed when the listener is closed, unless it is
// another server's by then; one that was left behind, on which nobody listens, is replaced.
//
// A Server that shuts down resets no client that connects to such a listener, on Linux. That needs a
// socket of its own: when File or SyscallConn have been called, or for a listener made elsewhere, clients
// may be reset that connect at the moment when the last process closes the socket. For the same reason
// there is no multipath TCP. The file of a Unix socket stays when File or SyscallConn have been called.
//
// 0.0.0.0 is all addresses of IPv4, [::] and an empty host are all of both families. The file of a Unix socket has the
// mode that the umask leaves; os.Chmod lets others connect.
//
// An address without a port is an error, as an empty one is: a variable that is not set must not open a port that nobody
// knows. Port 0 picks a free one.
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
	config.SetMultipathTCP(false) // Linux has no filter there, see transport.Acceptor.Refuse
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

// listenUnix listens on a Unix socket. Of two servers that start at the same time one waits until the other
// listens, and then finds that out.
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
