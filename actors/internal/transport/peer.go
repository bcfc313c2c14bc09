package transport

import "net"

// peerOf is the address of a client as a Request shows it. A client on a Unix socket has none.
func peerOf(address net.Addr) string {
	if _, isUnix := address.(*net.UnixAddr); isUnix {
		return UnixPeer
	}
	return address.String()
}

// UnixPeer stands for the address of a client on a Unix socket, which has none.
const UnixPeer = "unix"
