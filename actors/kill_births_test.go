package actors

import (
	"context"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// If the router ends and fails on the birth of a handler, the handler belongs to nobody. It must be stopped, or the
// router would wait for its end for ever; and those who wait for it must be told.
func TestARouterThatFailsOnABirthAtItsEnd(t *testing.T) {
	for _, what := range []fault{panicBefore, panicAfter, exitBefore, exitAfter} {
		for why, dies := range map[string]bool{"a birth": false, "a birth that fails": true} {
			t.Run(string(what)+" at "+why, func(t *testing.T) {
				bubble(t, func(k *kit) {
					first := true
					k.serve("/slow", actor.PropsFromProducer(func() actor.Actor {
						if first {
							first = false
							time.Sleep(time.Second)
							if dies {
								panic("asked to")
							}
						}
						return actor.ReceiveFunc(atRequest(func(ctx actor.Context, r *Request) { ctx.Respond(r.Text(200, "born")) }))
					}))
					s := sabotage(k.server.env)
					s.choose = once(deed{actor: "router", message: "handlerBorn", fault: what})
					k.start()
					k.peer.send(ask("GET", "/slow"))
					k.peer.wantIdle("its handler is being born")
					k.halt("router")
					k.wait(time.Second + firstPause)
					k.peer.want("it will not be", "HTTP/1.1 503")
					if s.struck() != 1 {
						t.Error("there was no occasion for it")
					}
					k.wait(time.Second)
					k.peer.send(ask("GET", "/slow"))
					k.peer.want("there is another router, and another handler", "HTTP/1.1 200", "born")
					k.peer.end()
					ended := k.shutdown(context.Background())
					k.wait(time.Second)
					wantError(t, "nothing holds it up", ended, nil)
					if left := k.server.env.leftovers(); len(left) > 0 {
						t.Errorf("these are left: %q", left)
					}
				})
			})
		}
	}
}
