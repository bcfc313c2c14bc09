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

// certificateCheck is how often the files of a certificate are checked while there are handshakes.
const certificateCheck = time.Second

// A certificate holds the content of its files, or of their last usable version.
type certificate struct {
	certFile, keyFile string
	log               *actorLog

	mu      sync.Mutex
	pair    *tls.Certificate
	read    [2]os.FileInfo // of the files at the last reading, usable or not
	checked time.Time
	warned  time.Duration // the last of expiryWarnings given for the pair
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

// certificateActor is the actor named in log lines about certificates.
var certificateActor = &actor.PID{Id: serverName}

func (c *certificate) load() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("certificate %s with key %s: %w", c.certFile, c.keyFile, err)
	}
	if pair.Leaf == nil { // some GODEBUG settings leave it out
		if pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			return fmt.Errorf("certificate %s: %w", c.certFile, err)
		}
	}
	c.pair, c.warned = &pair, unwarned
	return nil
}

// announce logs which certificate is served from now on, and why clients may refuse it.
func (c *certificate) announce(what string) {
	c.log.info(certificateActor, what, c.describe()...)
	now := time.Now()
	if now.Before(c.pair.Leaf.NotBefore) {
		c.log.warn(certificateActor, "certificate is not valid yet: clients refuse it", c.describe()...)
	}
	c.warnOfExpiry(now)
}

// describe says for which names the certificate is, and how long it is valid.
func (c *certificate) describe() []slog.Attr {
	leaf := c.pair.Leaf
	names := slices.Clone(leaf.DNSNames)
	for _, address := range leaf.IPAddresses {
		names = append(names, address.String())
	}
	if len(names) == 0 && leaf.Subject.CommonName != "" { // clients no longer use it as a name
		names = append(names, "none (its common name is "+leaf.Subject.CommonName+")")
	}
	return []slog.Attr{slog.String("file", c.certFile), slog.Any("names", names), slog.String("issuer", leaf.Issuer.CommonName),
		slog.Time("from", leaf.NotBefore), slog.Time("until", leaf.NotAfter)}
}

// expiryWarnings are the times before the expiry of a certificate at which the log warns; 0 is the expiry itself.
var expiryWarnings = []time.Duration{0, 24 * time.Hour, 7 * 24 * time.Hour}

// unwarned is longer than any of those.
const unwarned = time.Duration(math.MaxInt64)

// warnOfExpiry warns that clients refuse the certificate, or soon will: once for each of those times.
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

// current is called by tls.Config in each handshake.
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

// refresh reads the files if they have changed. It logs an error once per change: two files cannot be replaced at the
// same moment.
func (c *certificate) refresh() {
	now := c.look()
	if sameFile(now[0], c.read[0]) && sameFile(now[1], c.read[1]) {
		return
	}
	c.read = now // noted before reading, so that a change meanwhile is seen next time
	if err := c.load(); err != nil {
		c.log.warn(certificateActor, "certificate not replaced", slog.String("error", err.Error()))
		return
	}
	c.announce("certificate replaced")
}

// look describes the files; nil for a file that cannot be seen.
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
