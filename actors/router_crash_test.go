package actors

import (
	"sync/atomic"
	"testing"

	"github.com/asynkron/protoactor-go/actor"
)

// One client's poison is that client's: no other waits for it, or is refused, however often it comes.
func TestAPanicOnARequestDelaysNobody(t *testing.T) {
	for name, options := range map[string][]any{"a route": nil, "a vital route": {Vital()}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) { c.IdleTimeout = -1 })
				var spawned atomic.Int32
				k.serve("/", counting(&spawned), options...)
				good := k.dial()
				for range 20 * freeRestarts {
					k.peer.send(ask("GET", "/crash"))
					good.send(ask("GET", "/a"))
					k.peer.want("told at once", "HTTP/1.1 500")
					good.want("it is served at the same moment", "HTTP/1.1 200", "hit 1")
				}
			})
		})
	}
}

// What a handler fails on by itself comes again and again: it pauses, but is never given up.
func TestAHandlerThatCrashesByItselfIsNeverGivenUp(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		k.serve("/", actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case func(actor.Context):
				message(ctx)
			case *Request:
				ctx.Respond(message.Text(200, "hello"))
			}
		}))
		k.start()
		for range freeRestarts {
			k.tell("router//", crashNow)
			k.peer.send(get)
			k.peer.want("one that panics now and then is back at once", "HTTP/1.1 200")
		}
		pause := firstPause
		for range 20 {
			k.tell("router//", crashNow)
			k.wait(pause - 1)
			k.peer.send(get)
			k.peer.want("the pause before the restart grows, up to a limit", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n")
			k.wait(1)
			k.peer.send(get)
			k.peer.want("and then it is back: never dead for good", "HTTP/1.1 200")
			pause = min(2*pause, longestPause)
		}
		k.wait(quietTime + 1)
		k.tell("router//", crashNow)
		k.peer.send(get)
		k.peer.want("after a quiet time the failures are forgotten", "HTTP/1.1 200")
	})
}
