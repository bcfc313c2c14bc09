package actors

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"math"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// certificateCheck is how often the files of a certificate are looked at, while there are handshakes.
const certificateCheck = time.Second

// A certificate is what its files say, or what they said when they last made sense.
type certificate struct {
	certFile, keyFile string
	log               *actorLog

	mu      sync.Mutex
	pair    *tls.Certificate
	read    [2]os.FileInfo // of the files as they were last read, even if they made no sense
	checked time.Time
	warned  time.Duration // the expiry of the pair was warned of when so much was left; see expiryWarnings
}

func newCertificate(certFile, keyFile string, log *actorLog) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log, checked: time.Now()}
	c.read = c.look()
	if err := c.load(); err != nil {
		return nil, err
	}
	c.announce("certificate")
	return c, nil
}

// certificateActor is whose lines are about certificates.
var certificateActor = &actor.PID{Id: serverName}

func (c *certificate) load() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("certificate %s with key %s: %w", c.certFile, c.keyFile, err)
	}
	if pair.Leaf == nil { // some GODEBUG leave it out
		if pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			return fmt.Errorf("certificate %s: %w", c.certFile, err)
		}
	}
	c.pair, c.warned = &pair, unwarned
	return nil
}

// announce says which certificate is served from now on, and what clients will have against it.
func (c *certificate) announce(what string) {
	c.log.info(certificateActor, what, c.describe()...)
	now := time.Now()
	if now.Before(c.pair.Leaf.NotBefore) {
		c.log.warn(certificateActor, "certificate is not valid yet: clients refuse it", c.describe()...)
	}
	c.warnOfExpiry(now)
}

// describe says whose certificate it is, and how long it is good for.
func (c *certificate) describe() []slog.Attr {
	leaf := c.pair.Leaf
	names := slices.Clone(leaf.DNSNames)
	for _, address := range leaf.IPAddresses {
		names = append(names, address.String())
	}
	if len(names) == 0 && leaf.Subject.CommonName != "" { // no client takes it for a name any more
		names = append(names, "none (its common name is "+leaf.Subject.CommonName+")")
	}
	return []slog.Attr{slog.String("file", c.certFile), slog.Any("names", names), slog.String("issuer", leaf.Issuer.CommonName),
		slog.Time("from", leaf.NotBefore), slog.Time("until", leaf.NotAfter)}
}

// expiryWarnings are when the end of a certificate is warned of: so long before, and when it is over.
var expiryWarnings = []time.Duration{0, 24 * time.Hour, 7 * 24 * time.Hour}

// unwarned is more than any of those.
const unwarned = time.Duration(math.MaxInt64)

// warnOfExpiry warns that clients will not, or do not, accept the certificate: once for each of those times.
func (c *certificate) warnOfExpiry(now time.Time) {
	left := c.pair.Leaf.NotAfter.Sub(now)
	for _, before := range expiryWarnings {
		if left > before {
			continue
		}
		if c.warned > before {
			c.warned = before
			what := "certificate expires soon"
			if before == 0 {
				what = "certificate has expired: clients refuse it"
			}
			c.log.warn(certificateActor, what, c.describe()...)
		}
		break
	}
}

// current is what tls.Config asks for in each handshake.
func (c *certificate) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.checked) >= certificateCheck {
		c.checked = now
		c.refresh()
		c.warnOfExpiry(now)
	}
	return c.pair, nil
}

// refresh reads the files if they have changed. What is wrong with them is said once, until they
// change again: two files cannot be replaced at the same moment.
func (c *certificate) refresh() {
	now := c.look()
	if sameFile(now[0], c.read[0]) && sameFile(now[1], c.read[1]) {
		return
	}
	c.read = now // before they are read: a change meanwhile is seen the next time
	if err := c.load(); err != nil {
		c.log.warn(certificateActor, "certificate not replaced", slog.String("error", err.Error()))
		return
	}
	c.announce("certificate replaced")
}

// look describes the files; nil is one that cannot be seen.
func (c *certificate) look() (files [2]os.FileInfo) {
	for i, name := range []string{c.certFile, c.keyFile} {
		if info, err := os.Stat(name); err == nil {
			files[i] = info
		}
	}
	return files
}

func sameFile(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
