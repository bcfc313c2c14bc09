package actors

import (
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// actorOf is a handler without state.
func actorOf(receive actor.ReceiveFunc) *actor.Props { return actor.PropsFromFunc(receive) }

// mute is a handler that keeps every request and never answers.
func mute() *actor.Props { return actorOf(func(actor.Context) {}) }

// stuckHere is a handler that blocks for that long; its name must appear in a stack.
func stuckHere(d time.Duration) *actor.Props {
	return answering(func(r *Request) *Response { time.Sleep(d); return r.Text(200, "at last") })
}

// settle has the dispatcher notice that handlers block, which it does while others wait for a worker.
// From then on others are served at once.
func (k *kit) settle() {
	for range 2 {
		k.dial().send(ask("GET", "/none"))
		k.wait(soon)
	}
}

func TestARouteHasATimeoutOfItsOwn(t *testing.T) {
	tests := []struct {
		why           string
		server, route time.Duration
		want          time.Duration // below 0 for none
	}{
		{"the server's", 30 * time.Second, 0, 30 * time.Second},
		{"shorter than the server's", 30 * time.Second, time.Second, time.Second},
		{"longer than the server's", 30 * time.Second, time.Minute, time.Minute},
		{"none, where the server has one", 30 * time.Second, -1, -1},
		{"one, where the server has none", -1, time.Second, time.Second},
		{"none at all", -1, 0, -1},
	}
	for _, test := range tests {
		t.Run(test.why, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) { c.HandlerTimeout = test.server })
				k.serve("/", mute(), HandlerTimeout(test.route))
				k.serve("/brief", mute(), HandlerTimeout(10*time.Millisecond)) // looks at the clock earlier than others
				k.peer.send(get)
				if test.want < 0 {
					k.wait(24 * time.Hour)
					k.peer.wantIdle("the handler has all the time there is")
					k.peer.conn.Close() // nothing else ends it
					k.wait(probePause)
					return
				}
				k.wait(test.want - 1)
				k.peer.wantIdle("the handler has time")
				k.wait(1)
				k.peer.want("it is up", "HTTP/1.1 504 Gateway Timeout", "within "+test.want.String(), "\r\nConnection: close\r\n")
				k.peer.wantClosed("its answer could still come")
			})
		})
	}
}

// The 504 says where the request was all the time, which is what its sender wants to know.
func TestA504SaysWhereTheRequestWas(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout, c.MaxQueueWait = -1, -1 })
		k.serve("GET /stuck", stuckHere(50*time.Second))
		k.serve("GET /vital", stuckHere(50*time.Second), Vital())
		k.serve("GET /kept", mute())
		running, second, third := k.dial(), k.dial(), k.dial()
		vital, behind, kept := k.dial(), k.dial(), k.dial()
		steps := []struct {
			of             *peer
			target, wanted string
		}{
			{running, "/stuck", "the request was queued for 0s, then router/GET /stuck has been running for 30s."},
			{second, "/stuck", "the request has been queued for router/GET /stuck for 30s, at position 1 of 2; that has been at another one for 31s."},
			{third, "/stuck", "the request has been queued for router/GET /stuck for 30s, at position 2 of 2; that has been at another one for 32s."},
			{vital, "/vital", "the request was queued for 0s, then router/GET /vital has been running for 30s."},
			{behind, "/vital", "the request has been waiting for its handler for 30s."},
			{kept, "/kept", "the request was queued for 0s, then router/GET /kept has kept it for 30s."},
		}
		for _, step := range steps {
			step.of.send(ask("GET", step.target))
			k.settle()
			k.wait(time.Second - 2*soon)
		}
		k.wait(24*time.Second - 1)
		running.wantIdle("the handler has time")
		k.wait(1)
		for _, step := range steps {
			step.of.want("it was "+step.target, "HTTP/1.1 504", "The handler did not answer within 30s: "+step.wanted)
			if k.log.count("WARN handler timed out", "route=GET "+step.target, "why="+strings.TrimSuffix(step.wanted, ".")) != 1 {
				t.Errorf("want the same in the log, %q, got %q", step.wanted, k.log.written())
			}
			k.wait(time.Second)
		}
	})
}

func TestAHandlerThatIsStuckShowsItsStack(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.MaxQueueWait = -1 })
		k.serve("GET /stuck", stuckHere(40*time.Second))
		k.serve("GET /kept", mute())
		stuck, queued, kept := k.dial(), k.dial(), k.dial()
		stuck.send(ask("GET", "/stuck"))
		k.wait(2 * time.Second)
		kept.send(ask("GET", "/kept"))
		k.wait(2 * time.Second)
		queued.send(ask("GET", "/stuck"))
		k.wait(time.Minute)
		if k.log.count("WARN handler timed out", "exchange=1", "has been running", "stack=goroutine ", "actors.stuckHere") != 1 {
			t.Errorf("want to see where the handler is stuck, got %q", k.log.written())
		}
		if k.log.count("WARN handler timed out", "has been queued", "stack=goroutine ", "actors.stuckHere") != 1 {
			t.Errorf("want to see what holds up the queue, got %q", k.log.written())
		}
		if k.log.count("WARN handler timed out", "has kept it") != 1 || k.log.count("has kept it", "stack=") != 0 {
			t.Errorf("a handler that keeps requests does nothing: want no stack, got %q", k.log.written())
		}
		if k.log.count("handler timed out", "protoactor-go/actor.(*actorContext).defaultReceive") != 0 {
			t.Errorf("want the handler's part of the stack and no more, got %q", k.log.written())
		}
	})
}

// A stack stops the world, so it must not come with every request while all handlers are stuck.
func TestStacksAreRare(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.HandlerTimeout = 2 * time.Second })
		k.serve("/{a}", stuckHere(10*time.Second))
		k.serve("/{a}/{b}", stuckHere(10*time.Second))
		for n := range 5 { // at 2 s, 2.3 s, 2.6 s, 2.9 s, and 3.2 s
			k.dial().send(ask("GET", []string{"/a", "/a/b"}[n%2]))
			k.wait(300 * time.Millisecond)
		}
		k.wait(3 * time.Second)
		if n := k.log.count("handler timed out", "why="); n != 5 {
			t.Errorf("want a line for each, got %d", n)
		}
		if n := k.log.count("handler timed out", "stack="); n != 2 {
			t.Errorf("want a stack within a second, and one behind it, got %d", n)
		}
		k.wait(10 * time.Second)
	})
}

// The connection can tell where a request is when its time is up.
func TestA504WhereverTheRequestIs(t *testing.T) {
	for name, do := range map[string]func(ctx actor.Context, r *Request){
		"in the stash": func(ctx actor.Context, _ *Request) { ctx.Stash() },
		"its answer in the queue of the asker": func(ctx actor.Context, r *Request) {
			ctx.Request(ctx.Spawn(answering(hello)), r)
			time.Sleep(40 * time.Second)
		},
		"its answer in a future": func(ctx actor.Context, r *Request) {
			ctx.RequestFuture(ctx.Spawn(answering(hello)), r, time.Minute).Result()
			time.Sleep(40 * time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/", onRequest(do))
				k.peer.send(get)
				k.wait(31 * time.Second)
				k.peer.want("its time is up", "HTTP/1.1 504", "router//")
				if k.log.count("ERROR") > 0 {
					t.Errorf("want nothing to have crashed, got %q", k.log.written())
				}
				k.wait(time.Minute)
			})
		})
	}
}

// The deadline of a head that has begun survives a crash at its alarm.
func TestADeadlineHoldsBehindACrash(t *testing.T) {
	for _, what := range []fault{panicBefore, panicAfter} {
		t.Run(string(what), func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/", answering(hello))
				s := sabotage(k.server.env)
				s.choose = once(deed{actor: "listener/connection awaiting", message: "deadlinePassed", fault: what})
				k.peer.send(partialHead)
				k.wait(30 * time.Second)
				k.peer.want("the head did not come", "HTTP/1.1 408")
				if s.struck() != 1 {
					t.Errorf("want one crash, got %d", s.struck())
				}
			})
		})
	}
}

// The time of the handler is known before the router has had its turn.
func TestADeadlineHoldsWhenTheRouterIsLate(t *testing.T) {
	for name, server := range map[string]time.Duration{"no timeout of the server": -1, "a longer one": time.Minute} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.config.HandlerTimeout = server
				c := k.connection()
				c.routes(&route{timeout: 3 * time.Second})
				c.send(get)
				want[*Request](c.router, "the request")
				k.wait(3*time.Second - 1)
				c.wantIdle("there is time left")
				k.wait(1)
				c.want("its time is up", "HTTP/1.1 504")
			})
		})
	}
}
