package actors

import (
	"strings"
	"sync"
	"testing"

	"github.com/asynkron/protoactor-go/actor"
)

// Other goroutines use the context of an actor while the actor gets its next messages. The race detector would find
// accesses that only the actor may make.
func TestOtherGoroutinesAnswerWhileTheActorGetsMessages(t *testing.T) {
	bubble(t, func(k *kit) {
		var answering sync.WaitGroup
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				answering.Go(func() {
					ctx.Respond(r.Text(200, r.Path()))
					ctx.Message()
					ctx.Sender()
					ctx.Send(ctx.Self(), "more to do")
				})
			}
		}))
		const clients, each = 20, 20
		var peers []*peer
		for range clients {
			peers = append(peers, k.dial())
		}
		for _, p := range peers {
			p.outgoing <- []byte(strings.Repeat(get, each))
		}
		for _, p := range peers {
			for range each {
				p.want("it is answered", "HTTP/1.1 200")
			}
		}
		answering.Wait()
	})
}
