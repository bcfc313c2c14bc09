package actors

import (
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// The source of a stream has to end before its connection can start again. The client does not wait for that.
func TestACrashWithinAStreamIsSeenWhateverItsSourceDoes(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams(get, plain)
		s.give("a piece", "x")
		c.wantOctets("it was sent", "1\r\nx\r\n")
		s.do(func(actor.Context) { time.Sleep(time.Hour) })
		c.crash()
		k.wait(soon) // until the dispatcher has noticed that the source holds a worker
		c.wantClosed("at once, and without the last chunk")
		k.wait(time.Hour)
		c.wantStopped("the source has ended")
	})
}

// A source whose making fails leaves nothing behind.
func TestASourceWhoseOnInitPanicsIsForgotten(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		source := mute().Configure(actor.WithOnInit(func(actor.Context) { panic("no tape") }))
		r, _ := c.ask(k.peer)
		k.tell("router//clerk/", func(ctx actor.Context) { ctx.Send(r.ReplyTo(), r.Stream(200, nil, source)) })
		k.peer.want("it fails with its source", "HTTP/1.1 ")
		k.tell("router//clerk/", func(ctx actor.Context) { ctx.Send(r.ReplyTo(), r.Stream(200, nil, source)) }) // late
		k.peer.end()
		k.wait(time.Second)
		for _, id := range k.server.env.living() {
			if strings.Contains(id, "source") || strings.Contains(id, "$") && !strings.Contains(id, "/") {
				t.Errorf("%s is registered still", id)
			}
		}
	})
}
