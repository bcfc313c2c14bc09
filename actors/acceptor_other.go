//go:build !linux

package actors

import "net"

func newAcceptor(on net.Listener) acceptor { return streamAcceptor{on} }
