package actors

import (
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// keptBy is how many requests the handler of the only route has in custody.
func (k *kit) keptBy() int {
	c := k.server.env.seat(0).line.owner.Load().custody
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.kept)
}

func TestARequestLeavesTheCustodyWithItsExchange(t *testing.T) {
	tests := []struct {
		why string
		end func(k *kit, c *clerk)
	}{
		{"it was answered", func(k *kit, c *clerk) { k.tell("router//clerk/", c.answer) }},
		{"its time is up", func(k *kit, _ *clerk) { k.wait(30 * time.Second) }},
		{"its client is gone", func(k *kit, _ *clerk) { k.peer.conn.Close(); k.wait(probePause) }},
		{"its connection was stopped", func(k *kit, _ *clerk) { k.tell("listener/connection$1", (*giveWay)(nil)) }},
		{"its handler crashed", func(k *kit, _ *clerk) { k.tell("router//clerk/", crashNow) }},
		{"another has it", func(k *kit, c *clerk) {
			k.tell("router//clerk/", func(ctx actor.Context) {
				ctx.Send(ctx.Spawn((&clerk{}).props()), c.kept[0])
			})
		}},
	}
	for _, test := range tests {
		t.Run(test.why, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := &clerk{}
				k.serve("/clerk/", c.props())
				k.peer.send(ask("GET", "/clerk/1"))
				if n := k.keptBy(); n != 1 {
					t.Errorf("while it waits it is in custody: want 1, got %d", n)
				}
				test.end(k, c)
				if n := k.keptBy(); n != 0 {
					t.Errorf("%s: want none in custody, got %d", test.why, n)
				}
			})
		})
	}
}

// An actor may take over a request while the previous one still works on it. The previous one must not keep it at the
// end of its turn.
func TestARequestThatAnotherTookMeanwhileIsNotKept(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/", passingOn(c.props(), func(ctx actor.Context, child *actor.PID) {
			ctx.Forward(child)
			time.Sleep(time.Second) // the child has it by now
		}))
		k.peer.send(get)
		k.wait(time.Second)
		if n := k.keptBy(); n != 0 {
			t.Errorf("want the handler to keep nothing, got %d", n)
		}
		k.tell("router///child", c.answer)
		k.peer.want("the child has it", "HTTP/1.1 200")
	})
}

// The exchange may end just when its actor writes the request down.
func TestARequestThatIsOverIsNotKept(t *testing.T) {
	m := &mailbox{}
	c := &custody{mailbox: m}
	r := &Request{from: &account{room: &content{}}}
	r.take()
	r.progress.holder.Store(c)
	r.end(ErrClientGone)
	c.keep(r)
	if len(c.kept) != 0 {
		t.Error("want it not kept: nobody would take it out again")
	}
}
