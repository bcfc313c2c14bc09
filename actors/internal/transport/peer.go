package transport

import "net"

// peerOf is the address of a client as a Request shows it. A client on a Unix socket has none. Neither has a client
// that was gone before its connection was accepted: package net returns nil for it.
func peerOf(address net.Addr) string {
	switch address := address.(type) {
	case nil:
		return unknownPeer
	case *net.UnixAddr:
		return UnixPeer
	default:
		return address.String()
	}
}

// UnixPeer stands for the address of a client on a Unix socket, which has none.
const UnixPeer = "unix"

// unknownPeer stands for the address of a client that was gone too early.
const unknownPeer = "unknown"
