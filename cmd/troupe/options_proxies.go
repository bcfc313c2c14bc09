package main

import (
	"fmt"
	"net/netip"
	"strings"
)

// proxies are networks, such as 10.0.0.0/8 and 192.0.2.7.
type proxies []netip.Prefix

func (p *proxies) Clear() { *p = nil }

func (p *proxies) Elements() (all []string) {
	for _, network := range *p {
		all = append(all, network.String())
	}
	return all
}

func (p *proxies) String() string { return strings.Join(p.Elements(), ",") }

// Set adds a network. A single address is a network of its own.
func (p *proxies) Set(text string) error {
	network, err := netip.ParsePrefix(text)
	if address, addressErr := netip.ParseAddr(text); addressErr == nil {
		address = address.Unmap().WithZone("")
		network, err = netip.PrefixFrom(address, address.BitLen()), nil
	}
	if err != nil {
		return fmt.Errorf("%q is neither a network, for example 10.0.0.0/8, nor an IP address", text)
	}
	*p = append(*p, network.Masked())
	return nil
}
