package actors

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// upload begins a request with that much content, and sends none of it yet.
func (p *peer) upload(target string, length int) {
	p.send(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", target, length))
}

// "A body that trickles is as bad as one that is silent": its client holds a connection and memory.
func TestABodyThatTricklesIs408(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.peer.upload("/", 1000)
		for range 9 {
			k.wait(time.Second)
			k.peer.send("x") // it is never silent for long
		}
		k.wait(time.Second - 1)
		k.peer.wantIdle("the window is not over")
		k.wait(1)
		k.peer.want("10 octets in 10 s are too few", "HTTP/1.1 408 Request Timeout", "\r\nConnection: close\r\n")
		k.peer.wantClosed("a 408 closes")
	})
}

func TestABodyAtTheLeastRateIsTaken(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.peer.upload("/", 60*560)
		for range 60 {
			k.peer.wantIdle("it comes as fast as it has to")
			k.wait(time.Second)
			k.peer.send(strings.Repeat("x", 560))
		}
		k.peer.want("it may take its time", "HTTP/1.1 200")
	})
}

// A client may be silent for the body timeout at once, but not again and again.
func TestABodyInBurstsNeedsTheLeastRate(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.BodyRate = 10 })
		k.serve("/", saying("hello"))
		k.peer.upload("/", 1000)
		k.wait(9 * time.Second)
		k.peer.send(strings.Repeat("x", 100)) // enough for the first window
		k.wait(9 * time.Second)
		k.peer.send("x")
		k.wait(2*time.Second - 1)
		k.peer.wantIdle("the second window is not over")
		k.wait(1)
		k.peer.want("one octet is too few for it", "HTTP/1.1 408")
	})
}

func TestABodyThatIsSilentHasNoCredit(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.peer.upload("/", 100_000)
		k.peer.send(strings.Repeat("x", 90_000)) // at the least rate it might take three minutes
		k.wait(10*time.Second - 1)
		k.peer.wantIdle("it may be silent for the body timeout")
		k.wait(1)
		k.peer.want("however fast it was before", "HTTP/1.1 408")
	})
}

func TestABodyThatAHandlerPullsMayTrickle(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actorOf(pullAll), StreamBody())
		k.peer.upload("/", 60)
		for range 60 {
			k.wait(time.Second)
			k.peer.wantIdle("the handler says how long it waits")
			k.peer.send("x")
		}
		k.peer.want("all of it came", "HTTP/1.1 200", "ended <nil>")
	})
}

// Octets that came fast are no credit for hours of trickling: otherwise a few clients could hold all the room.
func TestABodyHasNoCreditForLater(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.peer.upload("/", 1_000_000)
		k.peer.send(strings.Repeat("x", 900_000))
		for range 3 {
			k.wait(6 * time.Second)
			k.peer.send("x") // it is never silent for the body timeout
		}
		k.wait(2 * time.Second)
		k.peer.want("the second window brought 2 octets", "HTTP/1.1 408")
	})
}
