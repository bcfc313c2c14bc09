package actors

import (
	"log/slog"
	"net/netip"
	"time"

	"github.com/troupe-go/troupe/wire"
)

// Config configures a server. Its zero value serves: a zero field means its default, and a
// duration below zero means no such timeout.
type Config struct {
	// Logger gets the actor log: slog.Default() unless set. Every line names its actor.
	Logger *slog.Logger

	// IdleTimeout is how long a connection may be silent between exchanges: 5 s.
	IdleTimeout time.Duration
	// HeadTimeout is how long a request head may take from its first octet: 10 s, then 408.
	HeadTimeout time.Duration
	// BodyTimeout is how long a request body may be silent: 10 s, then 408.
	BodyTimeout time.Duration
	// HandlerTimeout is how long a handler may take to answer: 30 s, then 504.
	HandlerTimeout time.Duration
	// WriteTimeout is how long a client may take nothing of a response: 10 s.
	WriteTimeout time.Duration

	// Proxies are those whose connections begin with a header of the PROXY protocol, version 1 or 2,
	// which says whom they speak for; none unless set. From them it is required, from others an error.
	Proxies []netip.Prefix

	// MaxConnections is how many connections a listener has at most: 10,000. Further ones wait in
	// the kernel's backlog.
	MaxConnections int
	// Limits bound the size of requests.
	Limits wire.Limits
}

func (c Config) withDefaults() Config {
	orElse := func(d *time.Duration, otherwise time.Duration) {
		if *d == 0 {
			*d = otherwise
		}
	}
	orElse(&c.IdleTimeout, 5*time.Second)
	orElse(&c.HeadTimeout, 10*time.Second)
	orElse(&c.BodyTimeout, 10*time.Second)
	orElse(&c.HandlerTimeout, 30*time.Second)
	orElse(&c.WriteTimeout, 10*time.Second)
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.MaxConnections <= 0 {
		c.MaxConnections = 10_000
	}
	c.Limits = c.Limits.WithDefaults()
	return c
}

// lingerTimeout is how long a closing connection waits for the client to close its side, so that
// the last response is not lost to a reset (RFC 9112 §9.6).
const lingerTimeout = time.Second

// burstPause is how long the responses to pipelined requests may wait for each other to leave in
// one write, should a later one be slow.
const burstPause = 5 * time.Millisecond
