//go:build !linux

package transport

import "net"

// NewAcceptor accepts from any listener; there is no poller here.
func NewAcceptor(on net.Listener, _ func() (*Poller, error)) Acceptor { return newStreamAcceptor(on) }
