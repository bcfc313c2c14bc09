//go:build !linux

package actors

import "net"

func newAcceptor(on net.Listener, _ *Dispatcher) acceptor { return newStreamAcceptor(on) }

func unwaiting(on net.Listener) net.Listener { return on }
