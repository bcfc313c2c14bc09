//go:build !linux

package actors

import "net"

func newAcceptor(on net.Listener, _ *Dispatcher) acceptor { return newStreamAcceptor(on) }
