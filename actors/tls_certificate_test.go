package actors

import (
	"crypto/tls"
	"log/slog"
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
