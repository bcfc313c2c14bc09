package actors

import (
	"testing"

	"github.com/asynkron/protoactor-go/actor"
)

// Failures belong to one actor. Its successor with the same name, handler or child, starts without any: it is back at
// once after its first failure.
func TestTheFailuresOfAStoppedActorAreForgotten(t *testing.T) {
	for who, serve := range map[string]func(k *kit, c *clerk){
		"router//": func(k *kit, c *clerk) { k.serve("/", c.props()) },
		"router///clerk": func(k *kit, c *clerk) {
			k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
				switch ctx.Message().(type) {
				case *actor.Started, *actor.Terminated:
					ctx.SpawnNamed(c.props(), "clerk")
				case *Request:
					ctx.Forward(ctx.Children()[0])
				}
			}))
		},
	} {
		t.Run(who, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) { c.IdleTimeout = -1 })
				c := &clerk{}
				serve(k, c)
				k.start()
				for range 3 {
					for n := range freeRestarts {
						k.tell(who, crashNow)
						c.kept = nil
						k.peer.send(get)
						if len(c.kept) != 1 {
							t.Fatalf("failure %d: want it back at once", n+1)
						}
						k.tell(who, c.answer)
						k.peer.want("it is back at once", "HTTP/1.1 200")
					}
					k.tell(who, stopNow)
					k.wait(firstPause)
				}
			})
		})
	}
}
