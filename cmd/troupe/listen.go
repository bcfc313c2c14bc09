package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/troupe-go/troupe/actors"
)

// listen makes the listeners: those that the parent process left, or else one on --addr.
func listen(o options, environ variables) (listeners []net.Listener, inherited bool, err error) {
	if o.tlsCert != "" { // first, so that nobody finds a server that cannot serve
		if _, err := tls.LoadX509KeyPair(o.tlsCert, o.tlsKey); err != nil {
			return nil, false, fmt.Errorf("cannot use --tls-cert %s with --tls-key %s: %w", o.tlsCert, o.tlsKey, err)
		}
	}
	if listeners, err = inherit(environ); err != nil {
		return nil, false, fmt.Errorf("cannot take over a listener: %w", err)
	}
	if len(listeners) > 0 && o.socketMode != 0 {
		closeAll(listeners)
		return nil, false, errors.New("--socket-mode: the listeners are inherited, and their modes with them")
	}
	if len(listeners) > 0 {
		return listeners, true, nil
	}
	on, err := actors.Listen(o.addr)
	if err != nil {
		return nil, false, fmt.Errorf("cannot listen: %w", err)
	}
	if path, isUnix := strings.CutPrefix(o.addr, "unix:"); isUnix && o.socketMode != 0 {
		if err := os.Chmod(path, os.FileMode(o.socketMode)); err != nil {
			on.Close()
			return nil, false, fmt.Errorf("cannot set --socket-mode: %w", err)
		}
	}
	return []net.Listener{on}, false, nil
}

// serve begins to serve on one listener; wait waits for the end.
func serve(server *actors.Server, on net.Listener, o options) (wait func() error, err error) {
	if o.tlsCert != "" {
		return server.StartTLS(on, o.tlsCert, o.tlsKey)
	}
	return server.Start(on)
}

// place is the address of a listener in the form for a browser or curl.
func place(address net.Addr, o options) string {
	if strings.HasPrefix(address.Network(), "unix") {
		if o.tlsCert != "" {
			return "unix:" + address.String() + " (https)"
		}
		return "unix:" + address.String()
	}
	host, port, err := net.SplitHostPort(address.String())
	everywhere := ""
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		host, everywhere = "localhost", " (on all interfaces)"
	}
	scheme := "http"
	if o.tlsCert != "" {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + everywhere
}
