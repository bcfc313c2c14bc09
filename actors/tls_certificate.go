package actors

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
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
	read    [2]os.FileInfo // of the files as they were last read, whatever was in them
	checked time.Time
}

func newCertificate(certFile, keyFile string, log *actorLog) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log, checked: time.Now()}
	c.read = c.look()
	if err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *certificate) load() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("certificate %s with key %s: %w", c.certFile, c.keyFile, err)
	}
	c.pair = &pair
	return nil
}

// current is what tls.Config asks for in each handshake.
func (c *certificate) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.checked) >= certificateCheck {
		c.checked = now
		c.refresh()
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
	who := &actor.PID{Id: serverName}
	if err := c.load(); err != nil {
		c.log.warn(who, "certificate not replaced", slog.String("error", err.Error()))
		return
	}
	c.log.info(who, "certificate replaced", slog.String("file", c.certFile))
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
