package main

import (
	"net"
	"slices"
	"strings"
)

// addresses are the value of --addr: host:port, or unix: and the path of a Unix socket.
type addresses []string

func (a *addresses) Set(text string) error {
	*a = append(*a, text)
	return nil
}

func (a *addresses) Clear()             { *a = nil }
func (a *addresses) Elements() []string { return *a }
func (a *addresses) String() string     { return strings.Join(*a, ",") }

// check refuses addresses of which we know without listening that nobody can listen there.
func (a *addresses) check() error {
	for i, address := range *a {
		if path, isUnix := strings.CutPrefix(address, "unix:"); isUnix {
			if path == "" {
				return wrong("%v %q: no path, for example unix:/run/troupe.sock", name("addr"), address)
			}
		} else if err := checkHostPort("addr", address); err != nil {
			return err
		}
		if slices.Contains((*a)[:i], address) && !strings.HasSuffix(address, ":0") {
			return wrong("%v %q: it is there twice", name("addr"), address)
		}
	}
	if len(*a) == 0 {
		return wrong("%v: no address, for example 127.0.0.1:8080", name("addr"))
	}
	return nil
}

func checkHostPort(of name, address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil || port == "" {
		return wrong("%v %q: not host:port, for example 127.0.0.1:8080; port 0 picks a free one", of, address)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return wrong("%v %q: %q is no port", of, address, port)
	}
	return nil
}

// unixPath returns the path of the first Unix socket; "" if there is none.
func (a *addresses) unixPath() string {
	for _, address := range *a {
		if path, isUnix := strings.CutPrefix(address, "unix:"); isUnix {
			return path
		}
	}
	return ""
}

// onlyUnix reports whether no address has a port.
func (a *addresses) onlyUnix() bool {
	return !slices.ContainsFunc(*a, func(one string) bool { return !strings.HasPrefix(one, "unix:") })
}
