package actors

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
)

// unixPrefix begins an address that is the path of a Unix socket.
const unixPrefix = "unix:"

// ListenOn listens on a TCP address, for example "127.0.0.1:8080", or on a Unix socket, for example
// "unix:/run/troupe.sock". The file of a Unix socket is removed when the listener is closed; one
// that was left behind, on which nobody listens, is replaced.
func ListenOn(address string) (net.Listener, error) {
	path, isUnix := strings.CutPrefix(address, unixPrefix)
	if !isUnix {
		return net.Listen("tcp", address)
	}
	on, err := net.Listen("unix", path)
	if errors.Is(err, syscall.EADDRINUSE) && leftBehind(path) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		return net.Listen("unix", path)
	}
	if info, failed := os.Lstat(path); err != nil && failed == nil && info.Mode().Type() != fs.ModeSocket {
		return nil, fmt.Errorf("listen unix %s: there is a file, and it is no socket", path)
	}
	return on, err
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
