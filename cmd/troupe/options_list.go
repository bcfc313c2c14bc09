package main

import (
	"log/slog"
	"slices"
	"time"
)

// listening is where the server listens.
type listening struct {
	addr         addresses
	socketMode   mode   // of Unix sockets; 0 leaves it to the umask
	redirectHTTP string // "" for nowhere
}

// logging is how the actor log is written.
type logging struct {
	logLevel  slog.Level
	logFormat string
}

// A keyPair is the files of a certificate.
type keyPair struct {
	tlsCert string // "" means no TLS
	tlsKey  string
}

// settings are those that every command that serves has.
func (o *options) settings() settings {
	config := newFile("config", &o.file, "read settings from this file, as TOML")
	config.kind.file = "toml"
	return slices.Concat(
		o.listening.settings(),
		group("TLS",
			newFile("tls-cert", &o.tlsCert, "the certificate chain, as PEM: serve HTTPS"),
			newFile("tls-key", &o.tlsKey, "the private key of the certificate, as PEM"),
			o.redirectSetting()),
		o.acme.settings(),
		o.timeouts(),
		o.limits(),
		o.proxySettings(),
		o.logSettings(),
		group("The end",
			newDuration("drain-delay", &o.config.DrainDelay, 0, "how long to go on accepting after the first signal, not ready"),
			newTimeout("drain-timeout", &o.drainTimeout, 10*time.Second, "how long exchanges may take to end after the first signal")),
		group("These settings", config),
	)
}

func (l *listening) settings() settings {
	l.addr = addresses{"127.0.0.1:8080"}
	return group("Listening",
		&setting{name: "addr", value: &l.addr, check: l.addr.check,
			kind:  kind{word: "address", example: `["127.0.0.1:8080", "unix:/run/troupe.sock"]`, separator: ",", repeats: true, quoted: true},
			about: "where to listen: host:port or unix:/path; port 0 picks a free one; may be given several times"},
		&setting{name: "socket-mode", value: &l.socketMode,
			kind:  kind{word: "mode", example: `"0660"`, quoted: true},
			about: "the mode of the file of a Unix socket, as 0660; none for what the umask leaves"})
}

func (l *listening) redirectSetting() *setting {
	s := newText("redirect-http", &l.redirectHTTP, "listen there for plain HTTP, as :80, and redirect every request to HTTPS")
	s.kind.word, s.kind.example = "address", `":80"`
	s.check = func() error {
		if l.redirectHTTP == "" {
			return nil
		}
		return checkHostPort("redirect-http", l.redirectHTTP)
	}
	return s
}

func (o *options) timeouts() settings {
	c := &o.config
	return group("Timeouts",
		newTimeout("idle-timeout", &c.IdleTimeout, 5*time.Second, "how long a connection may be silent between requests"),
		newTimeout("head-timeout", &c.HeadTimeout, 10*time.Second, "how long a request head may take from its first octet"),
		newTimeout("body-timeout", &c.BodyTimeout, 10*time.Second, "how long a request body may be silent"),
		newTimeout("handler-timeout", &c.HandlerTimeout, 30*time.Second, "how long a handler may take to answer"),
		newTimeout("write-timeout", &c.WriteTimeout, 10*time.Second, "how long a client may take nothing of a response"),
		newTimeout("max-queue-wait", &c.MaxQueueWait, 5*time.Second, "how long a request may have to wait for its handler; else 503"))
}

func (o *options) limits() settings {
	c := &o.config
	aboveZeroOrNone := func(s *setting, to *int) *setting {
		return checked(s, "must be above 0, or -1", func() bool { return *to > 0 || *to == -1 })
	}
	return group("Limits",
		aboveZero(newNumber("max-connections", &c.MaxConnections, 10_000,
			"most connections at once; at the limit, idle ones give way to newcomers"), &c.MaxConnections),
		checked(newNumber("max-connections-per-peer", &c.MaxConnectionsPerPeer, 0,
			"most connections of one client address; 0 for half of --max-connections, -1 for no such limit"),
			"must be above 0, 0 for half of --max-connections, or -1 for no such limit",
			func() bool { return c.MaxConnectionsPerPeer >= -1 }),
		aboveZero(newNumber("max-queue", &c.MaxQueue, 10_000, "most requests that wait for one route; more are answered 503"), &c.MaxQueue),
		aboveZero(newOctets("max-content", &c.MaxContent, 1<<30,
			"octets of request content to hold at once, of all connections, as 1GiB"), &c.MaxContent),
		aboveZeroOrNone(newOctets("body-rate", &c.BodyRate, 500,
			"octets a second that must come of a request body, on average over each --body-timeout; -1 for none"), &c.BodyRate),
		aboveZeroOrNone(newOctets("write-rate", &c.WriteRate, 500,
			"octets a second that a client has to take of a response while it is waited for; -1 for none"), &c.WriteRate))
}

func (o *options) proxySettings() settings {
	return group("Proxies",
		newSwitch("behind-proxy", &o.behindProxy,
			"clients come by a reverse proxy: --idle-timeout 620s, and --max-connections-per-peer -1 without --proxy-protocol"),
		&setting{name: "proxy-protocol", value: (*proxies)(&o.config.Proxies),
			kind:  kind{word: "networks", example: `["10.0.0.0/8", "192.0.2.7"]`, separator: ",", quoted: true},
			about: "networks of proxies that send the PROXY protocol, as 10.0.0.0/8,192.0.2.7"})
}

func (o *options) logSettings() settings {
	return group("What it tells",
		newLevel("log-level", &o.logLevel, "level of the actor log: debug, info, warn or error"),
		newChoice("log-format", "format", &o.logFormat, "text", "format of the actor log: text or json", "text", "json"),
		newSwitch("hide-queries", &o.config.HideQueries, "leave the queries of request targets out of the log"),
		newChoice("error-detail", "clients", &o.errorDetail, "",
			"which clients a 504 tells of actors and queues: none, loopback or all; with --demo loopback", "none", "loopback", "all"))
}
