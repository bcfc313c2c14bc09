package main

import (
	"fmt"
	"net/netip"
	"strings"
)

// proxies is the value of a flag with networks, such as "10.0.0.0/8,192.0.2.7".
type proxies []netip.Prefix

// String returns the value in the form of Set.
func (p *proxies) String() string {
	var all []string
	for _, network := range *p {
		all = append(all, network.String())
	}
	return strings.Join(all, ",")
}

// Set replaces the value. A single address is a network of its own.
func (p *proxies) Set(value string) error {
	*p = nil
	for text := range strings.SplitSeq(value, ",") {
		text = strings.TrimSpace(text)
		network, err := netip.ParsePrefix(text)
		if address, addressErr := netip.ParseAddr(text); addressErr == nil {
			address = address.Unmap().WithZone("")
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return fmt.Errorf("%q is neither a network, for example 10.0.0.0/8, nor an IP address", text)
		}
		*p = append(*p, network.Masked())
	}
	return nil
}
