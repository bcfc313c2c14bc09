package actors

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// One client's poison harms only that client: no other waits or is refused, however often it comes.
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

// Failures without a request may come again and again: the handler pauses, but is never given up.
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

func TestAHandlerThatPanicsInStarted(t *testing.T) {
	bubble(t, func(k *kit) {
		var attempts atomic.Int32
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				if attempts.Add(1) <= freeRestarts+3 {
					panic("not ready")
				}
			case *Request:
				ctx.Respond(message.Text(200, "ready"))
			}
		}))
		k.peer.send(ask("GET", "/"))
		k.peer.want("the first attempts failed, and nobody waits for the next", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n")
		k.wait(firstPause + 2*firstPause + 4*firstPause)
		k.peer.send(ask("GET", "/"))
		k.peer.want("it became ready", "HTTP/1.1 200", "ready")
	})
}

func TestAProducerThatPanics(t *testing.T) {
	bubble(t, func(k *kit) {
		var attempts atomic.Int32
		k.serve("GET /", actor.PropsFromProducer(func() actor.Actor {
			if attempts.Add(1) <= 2 {
				panic("no database")
			}
			return &counter{}
		}))
		k.serve("GET /other", saying("well"))
		k.peer.send(ask("GET", "/"))
		k.peer.want("there is no handler yet", "HTTP/1.1 503 Service Unavailable", "\r\nRetry-After: 1\r\n")
		k.peer.send(ask("GET", "/other"))
		k.peer.want("the other routes do not hear of it", "HTTP/1.1 200", "well")
		k.wait(firstPause)
		k.peer.send(ask("GET", "/"))
		k.peer.want("the second attempt failed, too", "HTTP/1.1 503")
		k.wait(firstPause)
		k.peer.send(ask("GET", "/"))
		k.peer.want("the third did not", "HTTP/1.1 200", "hit 1")
		if k.log.count("ERROR crashed", "actor=router", "no database", "stack=") != 2 {
			t.Errorf("want both failures in the log, got %q", k.log.written())
		}
	})
}

func TestAProducerThatPanicsAtRestart(t *testing.T) {
	bubble(t, func(k *kit) {
		var attempts atomic.Int32
		k.serve("/", actor.PropsFromProducer(func() actor.Actor {
			if n := attempts.Add(1); n == 2 || n == 3 {
				panic("no database")
			}
			return &counter{}
		}))
		k.peer.send(ask("GET", "/crash") + ask("GET", "/a"))
		k.peer.want("it crashed", "HTTP/1.1 500")
		k.wait(time.Second)
		k.peer.want("it comes back, and serves what was queued", "HTTP/1.1 200", "hit 1")
	})
}

func TestARouterThatPanicsIsResumed(t *testing.T) {
	bubble(t, func(k *kit) {
		env := k.environment()
		parent := k.probe(env, "server", &strategy{env: env})
		client := k.probe(env, "client", nil)
		added := &route{pattern: parsed("GET /")}
		added.handler = env.newHandler(oneOf(saying("hello")), added)
		env.routes().add(added)
		var router *actor.PID
		parent.do(func(ctx actor.Context) { router, _ = ctx.SpawnNamed(newRouterProps(env), "router") })
		living := env.seat(0).pid
		broken := &Request{exchange: 7, complete: true}
		broken.route = &route{handler: &handler{}} // without a placement there is nobody to ask
		env.system.Root.RequestWithCustomSender(router, broken, client.pid)
		crashed := want[*handlerCrashed](client, "whoever waits for the failed request is told")
		if crashed.exchange != 7 {
			t.Errorf("want the exchange 7, got %d", crashed.exchange)
		}
		if _, alive := env.system.ProcessRegistry.GetLocal(living.Id); !alive || env.seat(0).pid != living {
			t.Error("the handlers of a resumed router live on")
		}
		if k.log.count("ERROR crashed", "actor=router", "decision=resume") != 1 {
			t.Errorf("want the crash in the log, got %q", k.log.written())
		}
	})
}
