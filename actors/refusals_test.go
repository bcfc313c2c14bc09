package actors

import (
	"testing"
	"time"
)

// Clients that ask again at once, whatever the answer says, cannot overload the server.
func TestARefusalIsHeldBackFromWhoDoesNotWait(t *testing.T) {
	bubble(t, func(k *kit) {
		stuck := k.stuckActor()
		k.serve("/stuck", stuck.props(), MaxQueue(1))
		k.start()
		defer stuck.letGo()
		k.queueUp(2, "/stuck")
		k.wait(time.Second)
		k.wantQueued("one waits", 1)
		greedy := k.dial()
		refused := func(p *peer, why string) {
			t.Helper()
			p.send(ask("GET", "/stuck"))
			p.want(why, "HTTP/1.1 503", "Retry-After: ")
		}
		for range freeRefusals {
			refused(greedy, "so many cost next to nothing")
		}
		greedy.send(ask("GET", "/stuck"))
		greedy.wantIdle("it was told to wait")
		refused(k.dial(), "another was not told")
		k.wait(refusalPause)
		greedy.want("it has its answer", "HTTP/1.1 503", "Retry-After: ")
		refused(greedy, "there are few of them now")

		k.wait(4 * time.Second)
		for range freeRefusals {
			refused(k.dial(), "new connections")
		}
		refused(greedy, "it has waited as it was told")
		greedy.send(ask("GET", "/stuck"))
		greedy.wantIdle("it was told to wait, again")
		greedy.end()
		k.wait(refusalPause)
	})
}

// A pausing handler can be asked as fast as an overloaded one.
func TestARefusalOfAPausingHandlerIsHeldBackAsWell(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/clerk/", (&clerk{}).props())
		k.start()
		for range freeRestarts + 8 {
			k.tell("router//clerk/", crashNow)
			k.wait(700 * time.Millisecond)
		}
		k.tell("router//clerk/", crashNow) // it pauses for more than a second
		greedy := k.dial()
		for range freeRefusals {
			greedy.send(ask("GET", "/clerk/"))
			greedy.want("so many cost next to nothing", "HTTP/1.1 503", "Retry-After: ")
		}
		greedy.send(ask("GET", "/clerk/"))
		greedy.wantIdle("it was told to wait")
		k.wait(refusalPause)
		greedy.want("it has its answer", "HTTP/1.1 503", "Retry-After: ")
	})
}
