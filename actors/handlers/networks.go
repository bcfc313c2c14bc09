package handlers

import (
	"net/netip"
	"slices"

	"github.com/troupe-go/troupe/actors"
)

// UnixSocket stands for peers without an address, in a list of trusted networks: those on a Unix socket, and requests of
// [actors.Server.Do]. Trust them if only your proxy may open the socket.
func UnixSocket() netip.Prefix { return netip.PrefixFrom(netip.IPv6Unspecified(), 128) }

// networks are those whose hosts say the truth about others.
type networks []netip.Prefix

// trust makes networks. It panics if one cannot be meant.
func trust(what string, trusted []netip.Prefix) networks {
	for _, network := range trusted {
		switch {
		case !network.IsValid():
			mistake(`%s: a trusted network is none: use netip.MustParsePrefix("10.0.0.0/8")`, what)
		case network.Bits() == 0:
			mistake("%s: %v trusts everybody, so that each client may choose who it is: name the networks of your proxies", what, network)
		case network.Addr().Is4In6():
			mistake("%s: %v contains no address, because those of IPv4 are not written like this here: use one such as 10.0.0.0/8", what, network)
		}
	}
	return slices.Clone(trusted)
}

// contain reports whether the address is of one of the networks.
func (n networks) contain(address netip.Addr) bool {
	if !address.IsValid() {
		return slices.Contains(n, UnixSocket())
	}
	return slices.ContainsFunc(n, func(network netip.Prefix) bool { return network.Contains(address) })
}

// peerOf is the address of the host that has sent the request; not valid on a Unix socket.
func peerOf(request *actors.Request) netip.Addr {
	return request.Peer().Addr().Unmap().WithZone("")
}
