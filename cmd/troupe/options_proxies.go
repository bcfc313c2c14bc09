package main

import (
	"fmt"
	"net/netip"
	"strings"
)

// proxies are the networks of a flag, as "10.0.0.0/8,192.0.2.7".
type proxies []netip.Prefix

// String is the value as it could be set.
func (p *proxies) String() string {
	var all []string
	for _, network := range *p {
		all = append(all, network.String())
	}
	return strings.Join(all, ",")
}

// Set replaces the value. An address stands for itself alone.
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
