package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/troupe-go/troupe/actors"
)

// listeners are what the server listens on.
type listeners struct {
	all       []net.Listener
	inherited bool
	redirect  net.Listener // for plain HTTP beside HTTPS; nil for none
}

// listen makes the listeners: those that the parent process left, or else those of --addr.
func listen(o options, environ variables) (l listeners, err error) {
	if err := o.keyPair.check(); err != nil { // before we listen
		return l, err
	}
	if l.all, err = inherit(environ); err != nil {
		return l, fmt.Errorf("cannot take over a listener: %w", err)
	}
	l.inherited = len(l.all) > 0
	if l.inherited && o.socketMode != 0 {
		l.close()
		return l, wrong("%v: the listeners are inherited, and their modes with them", name("socket-mode"))
	}
	if !l.inherited {
		err = l.addAll(o.addr, o.socketMode)
	}
	if err == nil && o.redirectHTTP != "" {
		err = l.addRedirect(o.redirectHTTP)
	}
	if err != nil {
		l.close()
	}
	return l, err
}

// check loads the certificate, if there is one.
func (k *keyPair) check() error {
	if k.tlsCert == "" {
		return nil
	}
	if _, err := tls.LoadX509KeyPair(k.tlsCert, k.tlsKey); err != nil {
		return wrong("cannot use %v %s with %v %s: %v", name("tls-cert"), k.tlsCert, name("tls-key"), k.tlsKey, err)
	}
	return nil
}

// addAll listens on addresses.
func (l *listeners) addAll(addresses []string, mode mode) error {
	for _, address := range addresses {
		on, err := actors.Listen(address)
		if err != nil {
			return fmt.Errorf("cannot listen: %w", err)
		}
		l.all = append(l.all, on)
		if path, isUnix := strings.CutPrefix(address, "unix:"); isUnix && mode != 0 {
			if err := os.Chmod(path, os.FileMode(mode)); err != nil {
				return wrong("cannot set %v: %v", name("socket-mode"), err)
			}
		}
	}
	return nil
}

// addRedirect listens on an address for plain HTTP, if there is a port to redirect to.
func (l *listeners) addRedirect(address string) (err error) {
	if _, found := l.port(); !found {
		return wrong("%v: no listener has a port to redirect to", name("redirect-http"))
	}
	if l.redirect, err = actors.Listen(address); err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	return nil
}

// port returns the port of the first listener that has one.
func (l *listeners) port() (port int, found bool) {
	for _, on := range l.all {
		if tcp, is := on.Addr().(*net.TCPAddr); is {
			return tcp.Port, true
		}
	}
	return 0, false
}

func (l *listeners) close() {
	closeAll(l.all)
	if l.redirect != nil {
		l.redirect.Close()
	}
}

// place is the address of a listener in the form for a browser or curl.
func place(address net.Addr, https bool) string {
	if strings.HasPrefix(address.Network(), "unix") {
		if https {
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
	if https {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + everywhere
}
