package main

import (
	"cmp"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// options are the settings of commands that serve.
type options struct {
	config       actors.Config
	drainTimeout time.Duration
	errorDetail  string // "" means the default: see detail
	behindProxy  bool
	demo         bool // only troupe serve has it
	file         string
	site         site // only troupe serve has it
	listening
	logging
	keyPair
	acme acme
}

// proxyIdleTimeout is longer than proxies keep a connection: nginx and ALB 60 s, Go's client 90 s, Google's load
// balancers 600 s. The side that sends requests must close first; otherwise some requests are lost.
const proxyIdleTimeout = 620 * time.Second

// read reads all settings of a command, among them those of the options. An error is one line for the user.
func (o *options) read(all settings, environ variables) error {
	err := all.read(environ)
	if err == nil {
		o.suitProxy(all)
		err = all.verify()
	}
	if err == nil {
		err = o.check()
	}
	o.config.ErrorDetail = o.detail()
	return all.told(err)
}

// suitProxy gives settings that the user has not set the values that suit a proxy.
func (o *options) suitProxy(all settings) {
	if !o.behindProxy {
		return
	}
	because := all.find("behind-proxy").origin
	if idle := all.find("idle-timeout"); idle.origin == (origin{}) {
		o.config.IdleTimeout, idle.origin = proxyIdleTimeout, because
	}
	if perPeer := all.find("max-connections-per-peer"); perPeer.origin == (origin{}) && len(o.config.Proxies) == 0 {
		o.config.MaxConnectionsPerPeer, perPeer.origin = -1, because
	}
}

// check returns an error for values that make no sense together.
func (o *options) check() error {
	switch c := &o.config; {
	case o.socketMode != 0 && o.addr.unixPath() == "":
		return wrong("%v without a Unix socket in %v", name("socket-mode"), name("addr"))
	case o.tlsCert != "" && o.tlsKey == "":
		return wrong("%v without %v", name("tls-cert"), name("tls-key"))
	case o.tlsCert == "" && o.tlsKey != "":
		return wrong("%v without %v", name("tls-key"), name("tls-cert"))
	case o.redirectHTTP != "" && !o.secure():
		return wrong("%v without %v: there is no HTTPS to redirect to", name("redirect-http"), name("tls-cert"))
	case o.redirectHTTP != "" && o.addr.onlyUnix():
		return wrong("%v without a host and port in %v: there is no port to redirect to", name("redirect-http"), name("addr"))
	case o.behindProxy && o.errorDetail == "loopback" && len(c.Proxies) == 0:
		return wrong("%v loopback with %v: every client would be told that comes by a proxy on this machine", name("error-detail"), name("behind-proxy"))
	case c.DrainDelay < 0 || c.DrainDelay >= o.drainTimeout:
		return wrong("%v %v: must be at least 0, and below %v", name("drain-delay"), c.DrainDelay, name("drain-timeout"))
	}
	return cmp.Or(o.acme.check(o), o.site.check())
}

// secure reports whether the server speaks TLS.
func (o *options) secure() bool { return o.tlsCert != "" || len(o.acme.domains) > 0 }

// detail says which clients may learn about the inside of the server. The demo is for development, where clients are
// on the same machine.
func (o *options) detail() actors.ErrorDetail {
	switch {
	case o.errorDetail == "all":
		return actors.DetailForAll
	case o.errorDetail == "loopback" || o.errorDetail == "" && o.demo && !o.behindProxy:
		return actors.DetailForLoopback
	}
	return actors.DetailForNobody
}
