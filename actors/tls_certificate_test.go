package actors

import (
	"crypto/tls"
	"log/slog"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// wantNumber wants new clients to see the certificate with that number.
func (k *kit) wantNumber(why string, number int64) {
	k.t.Helper()
	peer := k.dialTLS(nil)
	if err := peer.Handshake(); err != nil {
		k.t.Fatalf("%s: %v", why, err)
	}
	if got := peer.ConnectionState().PeerCertificates[0].SerialNumber.Int64(); got != number {
		k.t.Errorf("%s: want certificate %d, got %d", why, number, got)
	}
	peer.Close()
}

func TestACertificateIsReplaced(t *testing.T) {
	bubble(t, func(k *kit) {
		certFile, keyFile := k.startTLS()
		directory := certFile[:len(certFile)-len("/cert.pem")]
		k.wantNumber("the first", 1)
		writePair(t, directory, 2)
		k.wantNumber("nobody looks more than once a second", 1)
		k.wait(time.Second)
		k.wantNumber("the files have changed", 2)
		for _, broken := range []func(){
			func() { replaceFile(t, certFile, []byte("this is no certificate")) },
			func() { replaceFile(t, keyFile, []byte("this is no key")) },
			func() { os.Remove(certFile) },
		} {
			broken()
			for range 3 {
				k.wait(time.Second)
				k.wantNumber("what is broken does not replace what works", 2)
			}
		}
		if got := k.log.count("WARN certificate not replaced actor=server", certFile); got != 3 {
			t.Errorf("each broken file is worth one line, got %d: %q", got, k.log.written())
		}
		writePair(t, directory, 3)
		k.wait(time.Second)
		k.wantNumber("they are good again", 3)
		if k.log.count("INFO certificate replaced actor=server") != 2 {
			t.Errorf("a new certificate is worth a line, got %q", k.log.written())
		}
	})
}

func TestHandshakesShareACertificate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		certFile, keyFile := writePair(t, t.TempDir(), 1)
		c, err := newCertificate(certFile, keyFile, &actorLog{logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		seen := make(chan *tls.Certificate, 10)
		for range cap(seen) {
			go func() { pair, _ := c.current(nil); seen <- pair }()
		}
		for range cap(seen) {
			if pair := <-seen; pair != c.pair {
				t.Error("many handshakes at once share one certificate")
			}
		}
	})
}

// The log says which certificate is served and until when, and warns in time of its expiry.
func TestTheEndOfACertificateIsWarnedOf(t *testing.T) {
	bubble(t, func(k *kit) {
		directory := t.TempDir()
		certFile, keyFile := writePairUntil(t, directory, 1, time.Now().Add(8*24*time.Hour))
		k.startBy(func(on net.Listener) error { return k.server.ServeTLS(on, certFile, keyFile) })
		if k.log.count("INFO certificate actor=server", "names=[a]", "until=2000-01-09") != 1 {
			t.Errorf("want its name and its end, got %q", k.log.written())
		}
		for _, step := range []struct {
			wait time.Duration
			line string
		}{
			{0, ""}, {time.Hour, ""}, {24 * time.Hour, "expires soon"}, {time.Hour, ""},
			{6 * 24 * time.Hour, "expires soon"}, {time.Hour, ""}, {24 * time.Hour, "has expired: clients refuse it"}, {time.Hour, ""},
		} {
			before := k.log.count("WARN certificate ")
			k.wait(step.wait)
			k.wantNumber("it is served all the same", 1)
			lines := k.log.count("WARN certificate ") - before
			if step.line == "" && lines > 0 || step.line != "" && (lines != 1 || k.log.count(step.line, "names=[a]") == 0) {
				t.Errorf("want %q, got %d lines: %q", step.line, lines, k.log.written())
			}
		}
		writePairUntil(t, directory, 2, time.Now().Add(-time.Hour))
		k.wait(time.Second)
		k.wantNumber("it was replaced", 2)
		if n := k.log.count("WARN certificate has expired"); n != 2 {
			t.Errorf("want the next one warned of as well, got %d lines", n)
		}
	})
}
