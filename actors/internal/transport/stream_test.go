package transport

import (
	"crypto/tls"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/troupe-go/troupe/actors/internal/duplex"
)

// A Stream that waits for a request holds no large buffer, whatever came before, with TLS and without.
func TestAStreamWaitsWithASmallBuffer(t *testing.T) {
	for _, size := range []int{1, smallSize - 1, smallSize + 1, 1400, readSize, readSize + 100, smallSize + readSize, 100_000} {
		synctest.Test(t, func(t *testing.T) {
			end, server := duplex.New()
			secure := tls.Client(end, &tls.Config{InsecureSkipVerify: true, SessionTicketsDisabled: true})
			below := newPatientConn(server)
			gated := &gate{config: serverTLS()}
			above, prepare := gated.over(below)
			overTLS := newStreamOn(above, below)
			overTLS.prepareBy(prepare)
			go secure.Handshake()
			wantSmall(t, overTLS, secure, size)
			end.Close()
			overTLS.Close()

			client, server := duplex.New()
			plain := NewStream(server)
			wantSmall(t, plain, client, size)
			client.Close()
			plain.Close()
		})
	}
}

// wantSmall has the client send so many octets, and the stream wait after them.
func wantSmall(t *testing.T, s *Stream, client io.Writer, size int) {
	t.Helper()
	notices := make(chan struct{}, 100)
	s.Open(func() { notices <- struct{}{} }, nil)
	if s.Preparing() {
		s.Demand()
		<-notices
		if _, err := s.Take(); err != nil {
			t.Fatal(err)
		}
	}
	go io.WriteString(client, strings.Repeat("x", size))
	for got := 0; got < size; {
		s.Demand()
		<-notices
		octets, err := s.Take()
		if got += len(octets); err != nil {
			t.Fatal(err)
		}
		s.Release()
	}
	s.Demand()
	synctest.Wait()
	if s.buffer != nil {
		t.Errorf("it waits with a buffer of %d octets after %d", readSize, size)
	}
}
