package handlers

import (
	"net/netip"
	"strings"

	"github.com/troupe-go/troupe/actors"
)

// ForwardedFor finds the client behind proxies that speak HTTP: [Client] returns it, and [RateLimit] counts it. The field
// is the one that your proxies write: "X-Forwarded-For", "Forwarded" (RFC 7239), or another one with addresses. A proxy
// passes on what a client has put into the other fields, so only this one is read.
//
// The field is read from its end, where the last proxy has written. As long as an address is of a trusted network, that
// host has said from whom it had the request; the first other address is the client. So a client can only lie about itself
// in front of what the proxies say. The field counts only if the peer is trusted, too.
//
// Proxies that speak the PROXY protocol need no filter: see [actors.Config].Proxies.
func ForwardedFor(field string, trusted ...netip.Prefix) actors.RouteOption {
	if field == "" || strings.ContainsAny(field, " :,") {
		mistake(`ForwardedFor: %q is no name of a field: write "X-Forwarded-For" or "Forwarded", whichever your proxy sets`, field)
	}
	if len(trusted) == 0 {
		mistake(`ForwardedFor: no network is trusted, so it would do nothing: add netip.MustParsePrefix("10.0.0.0/8"), or UnixSocket()`)
	}
	proxies, read := trust("ForwardedFor", trusted), readAddress
	if strings.EqualFold(field, "Forwarded") {
		read = readForwarded
	}
	return actors.Before(func(r *actors.Request) *actors.Response {
		peer := peerOf(r)
		if client := proxies.clientBehind(peer, r.Fields().Values(field), read); client != peer {
			r.Set(clientKey{}, client)
		}
		return nil
	})
}

type clientKey struct{}

// Client is the address of the client: the one that [ForwardedFor] has found, else that of the peer. It is not valid for a
// client on a Unix socket.
func Client(request *actors.Request) netip.Addr {
	if client, ok := request.Value(clientKey{}).(netip.Addr); ok {
		return client
	}
	return peerOf(request)
}

// clientBehind goes through the lines of the field from the end, until an address is not trusted. If something is no
// address, the client is the last host that is known.
func (n networks) clientBehind(host netip.Addr, lines []string, read func(string) netip.Addr) netip.Addr {
	for i := len(lines) - 1; i >= 0; i-- {
		for rest, element := lines[i], ""; rest != "" && n.contain(host); {
			if rest, element = cutLast(rest, ','); element == "" {
				continue // a list may have empty elements (RFC 9110 §5.6.1)
			}
			next := read(element)
			if !next.IsValid() {
				return host
			}
			host = next
		}
	}
	return host
}

// cutLast cuts off what follows the last separator that is not quoted. It begins at the end, which a proxy has written: a
// quote that a client has left open is further ahead.
func cutLast(list string, separator byte) (rest, last string) {
	quoted := false
	for i := len(list) - 1; i >= 0; i-- {
		switch {
		case list[i] == '"' && !(quoted && isEscaped(list[:i])):
			quoted = !quoted
		case list[i] == separator && !quoted:
			return list[:i], strings.Trim(list[i+1:], " \t")
		}
	}
	return "", strings.Trim(list, " \t")
}

// isEscaped reports whether what follows is escaped: an odd number of backslashes is before it.
func isEscaped(before string) bool {
	return (len(before)-len(strings.TrimRight(before, `\`)))%2 == 1
}

// readForwarded reads the client from an element of Forwarded, such as for="[2001:db8::7]:4711";proto=https (RFC 7239 §4).
// The result is not valid if there is none, such as for "unknown", or if there are two.
func readForwarded(element string) (client netip.Addr) {
	seen := false
	for rest, pair := element, ""; rest != ""; {
		rest, pair = cutLast(rest, ';')
		name, value, _ := strings.Cut(pair, "=")
		if !strings.EqualFold(name, "for") {
			continue
		}
		if seen {
			return netip.Addr{}
		}
		if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
			value = value[1 : len(value)-1]
		}
		client, seen = readAddress(value), true
	}
	return client
}

// readAddress reads an address, with or without a port. The result is not valid if there is none.
func readAddress(text string) netip.Addr {
	address, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	if err != nil {
		both, _ := netip.ParseAddrPort(text)
		address = both.Addr()
	}
	if address.Zone() != "" { // of a link that we are not on
		return netip.Addr{}
	}
	return address.Unmap()
}
