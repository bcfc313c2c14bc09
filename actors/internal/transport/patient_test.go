package transport

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"
)

// pending is a Stream whose client takes nothing, and a write that TLS has begun by itself: the client has
// asked for new keys (RFC 8446 §4.6.3).
func pending(t *testing.T) (s *Stream, failed chan error) {
	client, server := net.Pipe()
	t.Cleanup(func() { client.Close() })
	s, failed = NewStream(server), make(chan error, 1)
	go func() {
		_, err := s.below.Write([]byte("new keys"))
		failed <- err
	}()
	for s.below.writing.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	return s, failed
}

func wantSoon(t *testing.T, why string, from chan error) error {
	t.Helper()
	select {
	case err := <-from:
		return err
	case <-time.After(5 * time.Second):
		t.Fatal(why)
		return nil
	}
}

func TestAWriteDoesNotWaitForOneWithoutAnEnd(t *testing.T) {
	s, failed := pending(t)
	if err := s.below.begin(20*time.Millisecond, 0); err != nil {
		t.Fatal(err)
	}
	if err := wantSoon(t, "it has no deadline", failed); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("want %v, got %v", os.ErrDeadlineExceeded, err)
	}
}

func TestACloseDoesNotWaitForAWrite(t *testing.T) {
	s, failed := pending(t)
	ended := make(chan error, 1)
	go func() {
		if err := s.CloseWrite(); err == nil {
			t.Error("what the client does not take cannot be ended")
		}
		s.Close()
		ended <- nil
	}()
	wantSoon(t, "an actor waits for a client that takes nothing", ended)
	wantSoon(t, "the write waits for a connection that is closed", failed)
}
