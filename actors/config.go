package actors

import (
	"crypto/tls"
	"log/slog"
	"net/netip"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// Config configures a server. Its zero value serves: a zero field means its default, and a
// duration below zero means no such timeout.
type Config struct {
	// Logger gets the actor log: slog.Default() unless set. Every line names its actor, and what comes
	// from outside is Printable. Actors wait for its handler, so it should not wait for anybody.
	Logger *slog.Logger
	// HideQueries has the log show targets without their queries, as /path?…: false.
	HideQueries bool

	// IdleTimeout is how long a connection may be silent between exchanges: 5 s.
	IdleTimeout time.Duration
	// HeadTimeout is how long a request head may take from its first octet: 10 s, then 408.
	HeadTimeout time.Duration
	// BodyTimeout is how long a request body may be silent: 10 s, then 408.
	BodyTimeout time.Duration
	// BodyRate is how many octets a second must come of a request body that the server collects, on
	// average over each BodyTimeout: 500, else 408. Below 0 there is no least rate. Bodies that a
	// handler pulls itself are exempt.
	BodyRate int
	// HandlerTimeout is how long a handler may take to answer: 30 s, then 504. The option of the same
	// name sets it for one route; streams are exempt.
	HandlerTimeout time.Duration
	// WriteTimeout is how long a client may take nothing of a response: 10 s.
	WriteTimeout time.Duration
	// WriteRate is how many octets a second a client has to take of a response, on average over each
	// WriteTimeout in which the server waits for it: 500. Below 0 there is no least rate. A stream
	// that is silent waits for nobody.
	WriteRate int

	// MaxQueue is how many requests may wait for a handler, for each route: 10,000. One more is
	// answered 503 with Retry-After; below 0 there is no such limit. The option of the same name sets it
	// for one route.
	MaxQueue int
	// MaxQueueWait is how long a request may have to wait for its handler, as measured: the number that
	// wait times what each takes. It is 5 s, for each route. A request that would have to wait for
	// longer is answered 503 at once, with Retry-After, and so is one that has waited for so long. The option
	// of the same name sets it for one route. For actors that a handler passes requests on to it is this one.
	MaxQueueWait time.Duration

	// Proxies are those whose connections begin with a header of the PROXY protocol, version 1 or 2,
	// which says whom they speak for; none unless set. From them it is required, from others an error.
	Proxies []netip.Prefix

	// MaxConnections is how many connections the server has at most, of all listeners together: 10,000.
	// At the limit, the connection that has waited for a request for longest closes when another one comes,
	// of the client that has most of them. If none waits, a few more are accepted for routes that are Vital;
	// other requests on these are answered 503.
	MaxConnections int
	// MaxConnectionsPerPeer is how many of them one address may have, an IPv6 network of 64 bits
	// counting as one: half of MaxConnections, and at least 100. A request on a further one is answered 429. Below 0 there is no
	// such limit: for a server whose clients all come from a proxy that does not name them (see Proxies).
	MaxConnectionsPerPeer int
	// MaxContent is how many octets of request content the server holds at once, of all connections
	// together, besides some 16 KiB of each: 1 GiB. Content is held until its request is answered; if its
	// exchange ends before that, until no actor has it any more. Where there is no room, the slowest upload
	// gives way and is answered 408; if there is none, the request is answered 503. Below 0 there is no such
	// limit.
	MaxContent int64
	// ErrorDetail says which clients are told, in the content of a 504, which actor has their request and how
	// many wait: none. The log always says it.
	ErrorDetail ErrorDetail
	// DrainDelay is how long Shutdown goes on accepting when Ready is already false, so that a load
	// balancer can notice: 0.
	DrainDelay time.Duration
	// TLS is how ServeTLS, ListenAndServeTLS and StartTLS speak TLS, with certificates of their files unless it has some
	// of its own; nil for TLS 1.2 or later and no certificates of clients. The protocol is always HTTP/1.1.
	TLS *tls.Config
	// System is the actor system in which the server's actors live, below the name "server": one of their own unless set. A
	// server does not stop it. Two servers need two systems. The library logs what it has to say by the system's own logger.
	System *actor.ActorSystem
	// Limits bound the size of requests.
	Limits Limits
}

// Limits bound what one request may cost, in octets and lines. A zero field means its default.
type Limits struct {
	RequestLine  int   // octets of the request line: 8 KiB; more is a 414 (RFC 9112 §3)
	FieldSection int   // octets of the field section, and of a trailer section: 64 KiB; more is a 431 (RFC 6585 §5)
	FieldLines   int   // lines of the field section, and of a trailer section: 100; more is a 431
	Body         int64 // octets of the content: 8 MiB; more is a 413 (RFC 9110 §15.5.14); below 0 none is allowed
}

// WithDefaults is the configuration with all of its defaults: what a server makes of it.
func (c Config) WithDefaults() Config {
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
	orElse(&c.MaxQueueWait, 5*time.Second)
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.MaxConnections <= 0 {
		c.MaxConnections = 10_000
	}
	if c.MaxConnectionsPerPeer == 0 {
		c.MaxConnectionsPerPeer = max(c.MaxConnections/2, leastPerPeer)
	}
	if c.BodyRate == 0 {
		c.BodyRate = 500
	}
	if c.WriteRate == 0 {
		c.WriteRate = 500
	}
	if c.MaxQueue == 0 {
		c.MaxQueue = 10_000
	}
	if c.MaxContent == 0 {
		c.MaxContent = 1 << 30
	}
	c.Limits = Limits(wire.Limits(c.Limits).WithDefaults())
	return c
}

// leastPerPeer is how many connections one address may have by default, however few there may be in all.
const leastPerPeer = 100

// lingerTimeout is how long a closing connection waits for the client to close its side, so that
// the last response is not lost to a reset (RFC 9112 §9.6).
const lingerTimeout = time.Second

// burstPause is how long the responses to pipelined requests may wait for each other to leave in
// one write, should a later one be slow.
const burstPause = 5 * time.Millisecond

// An ErrorDetail says which clients are told of the inside of the server.
type ErrorDetail uint8

const (
	// DetailForNobody is for the open network.
	DetailForNobody ErrorDetail = iota
	// DetailForLoopback is for development: clients on the same machine are told. A proxy on that machine is
	// such a client.
	DetailForLoopback
	// DetailForAll is for networks where everybody may know.
	DetailForAll
)

// isFor reports whether a client of that address is told.
func (d ErrorDetail) isFor(peer string) bool {
	if d != DetailForLoopback {
		return d == DetailForAll
	}
	at, err := netip.ParseAddrPort(peer)
	return err == nil && at.Addr().Unmap().IsLoopback()
}
