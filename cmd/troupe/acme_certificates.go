package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/caddyserver/certmagic"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/nethttp"
	"go.uber.org/zap"
)

// certificates are got, kept and renewed.
type certificates struct {
	domains []string
	log     *slog.Logger
	config  *certmagic.Config
	issuer  *certmagic.ACMEIssuer
	cache   *certmagic.Cache
	cancel  context.CancelFunc // ends what begin has begun
	loaded  chan struct{}      // gets a value for each certificate that is there
}

// certificates makes certificates for the domains; nil if there are none.
func (a *acme) certificates(log *slog.Logger) (*certificates, error) {
	if err := a.look(); err != nil || len(a.domains) == 0 {
		return nil, err
	}
	roots, err := a.roots()
	if err != nil {
		return nil, err
	}
	path, err := a.path()
	if err != nil {
		return nil, err
	}
	c := &certificates{domains: a.domains, log: log.With("actor", "server"), loaded: make(chan struct{}, len(a.domains))}
	to := zap.New(logCore{to: c.log})
	c.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return c.config, nil }, Logger: to,
	})
	c.config = certmagic.New(c.cache, certmagic.Config{
		Storage: &certmagic.FileStorage{Path: path}, Logger: to, OnEvent: c.noted,
		DefaultServerName: a.domains[0],                                // for clients that name none
		OCSP:              certmagic.OCSPConfig{DisableStapling: true}, // which hardly any authority offers, and which asks other servers
	})
	c.issuer = certmagic.NewACMEIssuer(c.config, certmagic.ACMEIssuer{
		CA: cmp.Or(a.directory, certmagic.LetsEncryptProductionCA), Email: a.email, Agreed: true, TrustedRoots: roots, Logger: to, DisableHTTPChallenge: true,
	})
	c.config.Issuers = []certmagic.Issuer{c.issuer}
	return c, nil
}

// tlsConfig is that of the server.
func (c *certificates) tlsConfig() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.config.GetCertificate, NextProtos: []string{"http/1.1", "acme-tls/1"}}
}

// begin loads the certificates that there are, and gets the others in the background. The listeners are those where the
// authority will connect. Without certificates it does nothing.
func (c *certificates) begin(on listeners) {
	if c == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	for _, one := range on.all {
		if tcp, is := one.Addr().(*net.TCPAddr); is { // the library listens itself if nobody does at this address
			c.issuer.ListenHost, c.issuer.AltTLSALPNPort = hostOf(tcp), tcp.Port
			break
		}
	}
	if on.redirect != nil {
		c.issuer.DisableHTTPChallenge = false
		if tcp, is := on.redirect.Addr().(*net.TCPAddr); is {
			c.issuer.AltHTTPPort = tcp.Port
		}
	}
	kept := 0
	for _, one := range c.domains {
		if c.config.Storage.Exists(ctx, certmagic.StorageKeys.SiteCert(c.issuer.IssuerKey(), one)) {
			kept++
		}
	}
	if err := c.config.ManageAsync(ctx, c.domains); err != nil {
		c.log.Error("certificates: cannot begin", "error", err.Error())
	}
	c.awaitLoaded(kept)
}

// loadTimeout is how long the start may be delayed by reading certificates.
const loadTimeout = 2 * time.Second

// awaitLoaded waits until so many certificates are there, so that the first clients find them.
func (c *certificates) awaitLoaded(number int) {
	patience := time.After(loadTimeout)
	for range number {
		select {
		case <-c.loaded:
		case <-patience:
			return
		}
	}
}

// hostOf returns the host that a listener is on; "" for all of them.
func hostOf(address *net.TCPAddr) string {
	if address.IP.IsUnspecified() {
		return ""
	}
	return address.IP.String()
}

// end gives up what is being got. The library may still wait for an answer, which nobody needs any more.
func (c *certificates) end() {
	if c == nil {
		return
	}
	c.cancel()
	certmagic.CleanUpOwnLocks(context.Background(), zap.NewNop()) // some are removed at the same time by what was given up
	go c.cache.Stop()
}

// challenge makes a handler for requests of the authority over plain HTTP (RFC 8555 §8.3). It answers others by a
// function.
func (c *certificates) challenge(otherwise func(*actors.Request) *actors.Response) *actors.Handler {
	return nethttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !c.issuer.HandleHTTPChallenge(w, r) {
			nethttp.Answer(w, otherwise(nethttp.Original(r)))
		}
	}))
}
