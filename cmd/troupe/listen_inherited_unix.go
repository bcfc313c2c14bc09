//go:build unix

package main

import (
	"os"
	"syscall"
)

// listens reports whether connections can be accepted from a socket: see SO_ACCEPTCONN in socket(7).
func listens(socket *os.File) bool {
	raw, err := socket.SyscallConn()
	if err != nil {
		return false
	}
	var is int
	if raw.Control(func(fd uintptr) { is, err = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ACCEPTCONN) }) != nil {
		return false
	}
	return err == nil && is != 0
}
