package actors

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// upload begins a request with so much content, of which nothing is sent yet.
func (p *peer) upload(target string, length int) {
	p.send(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", target, length))
}

// "A body that trickles is as bad as one that is silent": its client holds a connection and memory.
func TestABodyThatTricklesIs408(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.peer.upload("/", 1000)
		for range 10 {
			k.wait(time.Second)
			k.peer.send("x") // it is never silent for long
		}
		k.wait(20*time.Millisecond - 1)
		k.peer.wantIdle("10 octets earn 20 ms beyond the body timeout, at 500 a second")
		k.wait(1)
		k.peer.want("it came too slowly", "HTTP/1.1 408 Request Timeout", "\r\nConnection: close\r\n")
		k.peer.wantClosed("a 408 closes")
	})
}

func TestABodyAtTheLeastRateIsTaken(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.peer.upload("/", 60*500)
		for range 60 {
			k.peer.wantIdle("it comes as fast as it has to")
			k.wait(time.Second)
			k.peer.send(strings.Repeat("x", 500))
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
		k.peer.send(strings.Repeat("x", 100)) // earns 10 s: the time is up at 20 s
		k.wait(9 * time.Second)
		k.peer.send("x") // and 100 ms
		k.wait(2100*time.Millisecond - 1)
		k.peer.wantIdle("it has earned that")
		k.wait(1)
		k.peer.want("on average it is too slow", "HTTP/1.1 408")
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
		k.server.Handle("/", actorOf(pullAll), StreamBody())
		k.peer.upload("/", 60)
		for range 60 {
			k.wait(time.Second)
			k.peer.wantIdle("the handler says how long it waits")
			k.peer.send("x")
		}
		k.peer.want("all of it came", "HTTP/1.1 200", "ended <nil>")
	})
}
