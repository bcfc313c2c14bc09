package transport

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/troupe-go/troupe/actors/internal/duplex"
)

// A sender writes so many octets, in its own way.
type sender func(s Socket, octets int, timeout time.Duration, rate int) error

// senders are the ways in which responses are written.
var senders = map[string]sender{
	"at once": func(s Socket, octets int, timeout time.Duration, rate int) error {
		return s.Write(make([]byte, octets), timeout, rate)
	},
	"32 KiB each": inPieces(32 << 10),
	"1 KiB each":  inPieces(1 << 10),
}

func inPieces(size int) sender {
	return func(s Socket, octets int, timeout time.Duration, rate int) error {
		for ; octets > 0; octets -= size {
			if err := s.Write(make([]byte, min(octets, size)), timeout, rate); err != nil {
				return err
			}
		}
		return nil
	}
}

// readSteadily has the client take so many octets each time that the pause is over.
func readSteadily(client io.Reader, octets int, pause time.Duration) (total int) {
	for piece := make([]byte, octets); ; time.Sleep(pause) {
		n, err := io.ReadFull(client, piece)
		if total += n; err != nil {
			return total
		}
	}
}

// What the kernel does not hold is known exactly, on a clock that waits for all.
func TestAClientHasToTakeTheLeastRate(t *testing.T) {
	const timeout, rate = 10 * time.Second, 500
	for name, send := range senders {
		for _, client := range []struct {
			perSecond int
			served    bool
		}{{49, false}, {400, false}, {5000, true}} {
			synctest.Test(t, func(t *testing.T) {
				end, server := duplex.New()
				s, taken := NewStream(server), make(chan int, 1)
				go func() { taken <- readSteadily(end, client.perSecond, time.Second) }()
				begun := time.Now()
				err := send(s, 200_000, timeout, rate)
				took := time.Since(begun)
				if client.served && err != nil {
					t.Errorf("%s, %d octets a second: %v after %v", name, client.perSecond, err, took)
				}
				if !client.served && (!errors.Is(err, os.ErrDeadlineExceeded) || took > 2*timeout) {
					t.Errorf("%s, %d octets a second: want it given up within two windows, got %v after %v", name, client.perSecond, err, took)
				}
				s.Close()
				end.Close()
				<-taken
			})
		}
	}
}

// A stream that is silent waits for nobody, and a client that takes all of it is never too slow.
func TestASilentStreamHasNoRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := duplex.New()
		s, taken := NewStream(server), make(chan int, 1)
		go func() { taken <- readSteadily(client, 10, time.Second) }()
		for range 100 {
			if err := s.Write([]byte("ping"), 10*time.Second, 500); err != nil {
				t.Fatalf("the client has taken all that there was: %v", err)
			}
			time.Sleep(time.Minute)
		}
		s.Close()
		client.Close()
		<-taken
	})
}

// The kernel holds a part, and says which. A client of 400 KiB a second is too slow for a rate beyond it,
// however it is written to, and served at much less than it takes.
func TestTheLeastRateHoldsOnEachSocket(t *testing.T) {
	for name, dial := range sockets {
		if name == "in memory" {
			continue // TestAClientHasToTakeTheLeastRate
		}
		for _, way := range []string{"at once", "32 KiB each"} {
			t.Run(name+", "+way+", too slow", func(t *testing.T) {
				t.Parallel()
				s, _ := slowSocket(t, dial)
				if err := senders[way](s, 16<<20, time.Second, 1<<30); !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("want %v, got %v", os.ErrDeadlineExceeded, err)
				}
			})
		}
		t.Run(name+", fast enough", func(t *testing.T) {
			t.Parallel()
			const size = 1 << 20
			s, taken := slowSocket(t, dial)
			if err := senders["32 KiB each"](s, size, 2*time.Second, 10<<10); err != nil {
				t.Error(err)
			}
			s.Close()
			if total := <-taken; total != size {
				t.Errorf("want %d octets, got %d", size, total)
			}
		})
	}
}

// slowSocket is a socket whose client takes 8 KiB each 20 ms, and tells how much that was when it ends.
func slowSocket(t *testing.T, dial func(t *testing.T) (Socket, net.Conn)) (*socketTest, chan int) {
	s := newSocketTest(t, dial)
	if conn, ok := bottomOf(s.client).(*net.TCPConn); ok {
		conn.SetReadBuffer(32 << 10)
	}
	taken := make(chan int, 1)
	go func() { taken <- readSteadily(s.client, 8<<10, 20*time.Millisecond) }()
	return s, taken
}
