package main

import (
	"cmp"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// targetOf returns the URL of the server that a text means: a URL, host:port, or a port of this machine.
func targetOf(text string) (*url.URL, error) {
	bad := wrong("%v %q: no server, for example http://127.0.0.1:9000, 127.0.0.1:9000 or 9000", name("to"), text)
	full := text
	if _, err := strconv.ParseUint(text, 10, 16); err == nil {
		full = "127.0.0.1:" + text
	}
	if !strings.Contains(full, "://") {
		if host, port, err := net.SplitHostPort(full); err != nil || host == "" || port == "" {
			return nil, bad
		}
		full = "http://" + full
	}
	target, err := url.Parse(full)
	if err != nil || target.Hostname() == "" || target.Scheme != "http" && target.Scheme != "https" {
		return nil, bad
	}
	if port := target.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return nil, wrong("%v %q: %q is no port", name("to"), text, port)
		}
	}
	if target.RawQuery != "" || target.ForceQuery || target.Fragment != "" || target.User != nil {
		return nil, wrong("%v %q: it may have a scheme, a host, a port and a path, and no more", name("to"), text)
	}
	return target, nil
}

// sameServer reports whether a target is an address that we listen on, as far as we know without a look-up.
func sameServer(address string, target *url.URL) bool {
	host, port, err := net.SplitHostPort(address)
	usual := "80"
	if target.Scheme == "https" {
		usual = "443"
	}
	if err != nil || port != cmp.Or(target.Port(), usual) {
		return false
	}
	return strings.EqualFold(host, target.Hostname()) || isThisMachine(host) && isThisMachine(target.Hostname())
}

// isThisMachine reports whether a host is one of the names for this machine that are the same everywhere.
func isThisMachine(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "" || strings.EqualFold(host, "localhost") || err == nil && (address.IsLoopback() || address.IsUnspecified())
}
