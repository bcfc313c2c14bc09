package actors

import (
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/internal/duplex"
)

func TestAcceptIsTriedAgain(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.start()
		failure := acceptance{err: errors.New("too many open files")}
		for range 12 {
			k.listener.accepts <- failure
		}
		pause := firstAcceptPause
		for n := int32(1); n <= 12; n++ {
			k.wait(0)
			if got := k.listener.calls.Load(); got != n {
				t.Fatalf("want %d calls of Accept after the pauses so far, got %d", n, got)
			}
			k.wait(pause - 1)
			if got := k.listener.calls.Load(); got != n {
				t.Fatalf("pause %v is not over: want %d calls of Accept, got %d", pause, n, got)
			}
			k.wait(1)
			pause = min(2*pause, longestAcceptPause)
		}
		if k.log.count("WARN cannot accept", "actor=listener", "too many open files") != 1 {
			t.Errorf("a failure that lasts is logged once, got %q", k.log.written())
		}
		k.peer.send(get)
		k.peer.want("it passed", "HTTP/1.1 200")
		k.listener.accepts <- failure
		k.wait(firstAcceptPause)
		if k.log.count("WARN cannot accept") != 1 {
			t.Errorf("descriptors that run out again and again are one failure, got %q", k.log.written())
		}
		k.wait(2 * quietTime)
		k.listener.accepts <- failure
		k.wait(2 * firstAcceptPause)
		if k.log.count("WARN cannot accept") != 2 {
			t.Errorf("the next failure is another one, got %q", k.log.written())
		}
		other := k.dial()
		other.send(get)
		other.want("the pause is short again", "HTTP/1.1 200")
	})
}

func TestAFailureToAcceptLeavesConnectionsAlone(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.peer.send(get)
		k.peer.want("the answer", "HTTP/1.1 200")
		k.listener.accepts <- acceptance{err: errors.New("too many open files")}
		k.peer.send(get)
		k.peer.want("the connections that there are live on", "HTTP/1.1 200")
	})
}

func TestAClosedListenerEndsServe(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.start()
		k.listener.Close()
		k.wait(0)
		select {
		case err := <-k.served:
			if !errors.Is(err, net.ErrClosed) {
				t.Errorf("Serve returns why it ended: want %v, got %v", net.ErrClosed, err)
			}
		default:
			t.Error("somebody closed the listener, so Serve returns")
		}
	})
}

func TestAListenerThatPanicsIsResumed(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.peer.send(get)
		k.peer.want("the answer", "HTTP/1.1 200")
		k.tell("listener", (*accepted)(nil))
		if k.log.count("ERROR crashed", "actor=listener ", "decision=resume", "message=accepted", "stack=") != 1 {
			t.Errorf("want the crash in the log, got %q", k.log.written())
		}
		k.peer.send(get)
		k.peer.want("the connections live on", "HTTP/1.1 200")
		for i := range 3 {
			other := k.dial()
			other.send(get)
			other.want(fmt.Sprintf("newcomer %d is accepted", i), "HTTP/1.1 200")
		}
	})
}

func TestConnectionsAreNamedAndLogged(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("GET /{$}", saying("hello"))
		for range 2 {
			k.dial().send(get)
		}
		for n := 1; n <= 2; n++ {
			path := fmt.Sprintf("actor=listener/connection$%d ", n)
			if k.log.count("INFO exchange "+path, "method=GET target=/ status=200 octets=5 took=0s", "route=GET /{$}") != 1 {
				t.Errorf("want a line for the exchange of %s, got %q", path, k.log.written())
			}
		}
	})
}

// The listener is "resumed, its children live on", and it goes on accepting.
func TestAListenerThatPanicsOnAConnectionAcceptsTheNext(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.start()
		_, server := duplex.New()
		k.listener.accepts <- acceptance{conn: nameless{server}}
		k.wait(time.Second)
		k.peer.send(get)
		k.wait(10 * time.Second)
		k.peer.want("the next one is accepted", "HTTP/1.1 200")
	})
}

// A nameless connection panics when it is asked for its peer.
type nameless struct{ net.Conn }

func (nameless) RemoteAddr() net.Addr { panic("nobody knows") }
