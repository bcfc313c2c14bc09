//go:build !linux

package transport

import "net"

// NewAcceptor accepts from any listener; this system has no poller.
func NewAcceptor(on net.Listener, _ func() (*Poller, error)) Acceptor { return newStreamAcceptor(on) }
