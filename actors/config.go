package actors

import (
	"crypto/tls"
	"log/slog"
	"net/netip"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// Config configures a server. The zero value works: a zero field means its default, and a negative duration means no
// timeout.
type Config struct {
	// Logger gets the actor log: slog.Default() unless set. Every line names its actor, and text from outside is made
	// Printable. Actors wait for its handler, so the handler should not block.
	Logger *slog.Logger
	// HideQueries makes the log show targets without their queries, as /path?…: false.
	HideQueries bool

	// IdleTimeout is how long a connection may be silent between exchanges: 5 s.
	IdleTimeout time.Duration
	// HeadTimeout is how long a request head may take from its first octet: 10 s, then 408.
	HeadTimeout time.Duration
	// BodyTimeout is how long a request body may be silent: 10 s, then 408.
	BodyTimeout time.Duration
	// BodyRate is how many octets per second of a request body must arrive, on average over each BodyTimeout: 500,
	// else 408. It applies to bodies that the server collects, not to those that a handler pulls itself. Below 0
	// there is no minimum rate.
	BodyRate int
	// HandlerTimeout is how long a handler may take to answer: 30 s, then 504. The option of the same
	// name sets it for one route; streams are exempt.
	HandlerTimeout time.Duration
	// WriteTimeout is how long a client may go without taking any octet of a response: 10 s.
	WriteTimeout time.Duration
	// WriteRate is how many octets per second a client must take of a response, on average over each WriteTimeout in
	// which the server waits for the client: 500. Below 0 there is no minimum rate. While a stream has nothing to
	// send, the server does not wait.
	WriteRate int

	// MaxQueue is how many requests may wait in each line for a handler: 10,000. The server answers a request over
	// the limit 503 with Retry-After. Below 0 there is no limit. The option of the same name sets it for one handler.
	MaxQueue int
	// MaxQueueWait is how long a request may wait for its handler: 5 s. The server estimates the wait from the number
	// of waiting requests and the measured time of each. It answers 503 with Retry-After, at once if the estimate is
	// longer than this, and also if a request has waited this long. The option of the same name sets it for one
	// handler; for actors to which a handler passes requests on, this value applies.
	MaxQueueWait time.Duration

	// Proxies are the addresses whose connections begin with a header of the PROXY protocol, version 1 or 2, which
	// names the client: none unless set. From these addresses the header is required; from others it is an error.
	Proxies []netip.Prefix

	// MaxConnections is how many connections the server has at most, over all listeners: 10,000. At the limit, each
	// newcomer makes an idle connection close: of the client with the most connections, the one that has waited
	// longest for a request. If none is idle, a few more are accepted for routes that are Vital; other requests on
	// these are answered 503.
	MaxConnections int
	// MaxConnectionsPerPeer is how many connections one address may have; an IPv6 /64 network counts as one address.
	// The default is half of MaxConnections, and at least 100. A request on a connection over the limit is answered
	// 429. Below 0 there is no limit: for a server whose clients all come from a proxy that does not name them (see
	// Proxies).
	MaxConnectionsPerPeer int
	// MaxContent is how many octets of request content the server holds at once over all connections, besides about
	// 16 KiB for each: 1 GiB. Content is held until its request is answered; if the exchange ends earlier, until no
	// actor refers to it. If there is no room, the slowest upload is answered 408 to make room; if there is no such
	// upload, the request is answered 503. Below 0 there is no limit.
	MaxContent int64
	// Problem makes the responses of the server itself, from 400 to 505, and those of [Request.Fail]: Request.Problem
	// unless set. It must not block, because connections wait for it, many at once. A request whose head could not be
	// read has no target, and perhaps no method. The server adds fields such as Allow and Retry-After. If the function
	// returns nil or a stream, or panics, the response is that of Request.Problem.
	Problem func(*Request, *Problem) *Response
	// ErrorDetail says which clients learn from the content of a 504 which actor has their request and how many
	// requests wait: none. The log always says it.
	ErrorDetail ErrorDetail
	// DrainDelay is how long Shutdown goes on accepting connections after Ready has become false, so that a load
	// balancer can notice: 0.
	DrainDelay time.Duration
	// TLS configures ServeTLS, ListenAndServeTLS and StartTLS. Certificates come from the given files or, if their
	// names are "", from here. Nil means TLS 1.2 or later, without client certificates. The protocol is always
	// HTTP/1.1; with "acme-tls/1" in NextProtos, a certificate authority can check the name of the server (RFC 8737):
	// GetCertificate has to answer it.
	TLS *tls.Config
	// System is the actor system of the server's actors, which live below the name "server": by default a new one.
	// The server does not stop a system that it was given. Two servers need two systems. The library logs through the
	// system's own logger.
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

// WithDefaults returns the configuration that a server uses, with all defaults filled in.
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

// leastPerPeer is the smallest default of MaxConnectionsPerPeer.
const leastPerPeer = 100

// lingerTimeout is how long a closing connection waits for the client to close its side, so that
// the last response is not lost to a reset (RFC 9112 §9.6).
const lingerTimeout = time.Second

// burstPause is how long responses to pipelined requests may be held back, to leave in one write, while a later
// response is slow.
const burstPause = 5 * time.Millisecond

// An ErrorDetail says which clients may learn about the inside of the server.
type ErrorDetail uint8

const (
	// DetailForNobody is for the open network.
	DetailForNobody ErrorDetail = iota
	// DetailForLoopback is for development: it tells clients on the same machine. A proxy on that machine is such a
	// client.
	DetailForLoopback
	// DetailForAll is for networks where everybody may know.
	DetailForAll
)

// isFor reports whether a client with that address is told.
func (d ErrorDetail) isFor(peer string) bool {
	if d != DetailForLoopback {
		return d == DetailForAll
	}
	at, err := netip.ParseAddrPort(peer)
	return err == nil && at.Addr().Unmap().IsLoopback()
}
