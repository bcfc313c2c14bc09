package actors

import (
	"testing"

	"github.com/asynkron/protoactor-go/actor"
)

// handler spawns a handler of a route that is not there, below a parent that restarts it.
func (k *kit) handler(env *env, receive actor.ReceiveFunc) (*probe, *actor.PID) {
	parent := k.probe(env, "router", &strategy{env: env})
	var pid *actor.PID
	parent.do(func(ctx actor.Context) {
		props := env.handlerProps(actorOf(receive), func() *mailbox { return env.ownMailbox(restartsForEver) })
		pid, _ = ctx.SpawnNamed(props, "handler")
	})
	return parent, pid
}

// requestFrom is a request of a client that is a probe: it does not end the exchange when it is told something.
func requestFrom(client *probe, exchange uint64) *Request {
	r := &Request{exchange: exchange}
	r.envelope = actor.MessageEnvelope{Message: r, Sender: client.pid}
	return r
}

// If a handler stashes a request and then fails on it, the next incarnation must not get it: it would fail again and
// again.
func TestAFailedRequestIsNotInTheStash(t *testing.T) {
	for name, stash := range map[string]func(ctx actor.Context){
		"stashed":            func(ctx actor.Context) { ctx.Stash() },
		"stashed twice":      func(ctx actor.Context) { ctx.Stash(); ctx.Stash() },
		"not stashed at all": func(actor.Context) {},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				env := k.environment()
				client := k.probe(env, "client", nil)
				seen := make(map[uint64]int)
				_, pid := k.handler(env, func(ctx actor.Context) {
					r, ok := ctx.Message().(*Request)
					if !ok {
						return
					}
					seen[r.exchange]++
					switch {
					case r.exchange == 1 && seen[1] == 1:
						ctx.Stash() // it waits for the next incarnation
					case r.exchange == 2 && seen[2] < 4:
						stash(ctx)
						panic("asked to")
					default:
						ctx.Respond(r.Text(200, "hello"))
					}
				})
				for n := range uint64(3) {
					env.system.Root.Send(pid, &requestFrom(client, n+1).envelope)
				}
				if crashed := want[*handlerCrashed](client, "the one that failed"); crashed.exchange != 2 {
					t.Errorf("want the second to have failed, got %d", crashed.exchange)
				}
				for _, n := range []uint64{1, 3} {
					if response := want[*Response](client, "the others are answered, in their order"); response.request.exchange != n {
						t.Errorf("want the answer to %d, got that to %d", n, response.request.exchange)
					}
				}
				client.wantNone("each is told once")
				if seen[1] != 2 || seen[2] != 1 || seen[3] != 1 {
					t.Errorf("want only the stashed one to be seen again, got %v", seen)
				}
				env.system.Root.Stop(pid)
				k.wait(soon)
			})
		})
	}
}

// A request that a child has stashed is not in its parent's stash. When the parent failed on it, the parent lost a
// stashed request of another client.
func TestAStashedRequestOfAnotherClientIsKept(t *testing.T) {
	bubble(t, func(k *kit) {
		lives := 0
		k.serve("/{what}", actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				lives++
				ctx.Spawn(onRequest(func(ctx actor.Context, _ *Request) { ctx.Stash() }))
			case *Request:
				switch {
				case lives > 1:
					ctx.Respond(message.Text(200, message.Path()))
				case message.Path() == "/1":
					ctx.Stash()
				default:
					ctx.Forward(ctx.Children()[0])
					busyFor(soon)(ctx) // until the child has it
					panic("asked to")
				}
			}
		}))
		first, second := k.dial(), k.dial()
		first.send(ask("GET", "/1"))
		second.send(ask("GET", "/2"))
		k.wait(2 * soon)
		second.want("the handler failed on it", "HTTP/1.1 500")
		first.want("it was put off, and is served now", "HTTP/1.1 200", "\r\n\r\n/1")
	})
}
