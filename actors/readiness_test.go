package actors

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// fails is a handler whose first lives end before they begin.
func fails(lives int, in func()) *actor.Props {
	return actor.PropsFromProducer(func() actor.Actor {
		lives--
		life := lives
		if in == nil && life >= 0 {
			panic("no database")
		}
		return actor.ReceiveFunc(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				if life >= 0 {
					in()
				}
			case *Request:
				ctx.Respond(hello(message))
			}
		})
	})
}

func TestReadyWhenEachHandlerHasStarted(t *testing.T) {
	const forEver = 1 << 30
	for name, test := range map[string]struct {
		props    *actor.Props
		options  []any
		ready    time.Duration // after which it is; below 0 for never
		warnings int           // in half a minute
	}{
		"at once":             {saying(""), nil, 0, 0},
		"a slow Started":      {fails(1, func() { time.Sleep(5 * time.Second) }), nil, 5 * time.Second, 1},
		"a panic in Started":  {fails(17, func() { panic("no database") }), nil, 2 * time.Second, 1},
		"a panic for ever":    {fails(forEver, func() { panic("no database") }), nil, -1, 3},
		"a producer":          {fails(17, nil), nil, 2 * time.Second, 1},
		"a producer for ever": {fails(forEver, nil), nil, -1, 3},
		"it is optional":      {fails(forEver, nil), []any{Optional()}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/other", saying(""))
				k.serve("GET /slow", test.props, test.options...)
				if k.server.Ready() {
					t.Error("nothing is served yet")
				}
				k.start()
				began := time.Now()
				for time.Since(began) < 30*time.Second {
					ready := k.server.Ready()
					if at := time.Since(began); ready != (test.ready >= 0 && at >= test.ready) && (at < test.ready/2 || at > test.ready) {
						t.Fatalf("ready after %v: %v", at, ready)
					}
					k.wait(100 * time.Millisecond)
				}
				if n := k.log.count("WARN not ready: waiting for handlers actor=server routes=[GET /slow]"); n != test.warnings {
					t.Errorf("want %d warnings, got %q", test.warnings, k.log.written())
				}
				for i, line := range k.log.written() {
					if strings.HasPrefix(line, "INFO ready") && slices.ContainsFunc(k.log.written()[i:], func(later string) bool { return strings.HasPrefix(later, "INFO route ") }) && len(test.options) == 0 {
						t.Errorf("want it ready after its routes, got %q", k.log.written())
					}
				}
				if n := k.log.count("INFO ready actor=server after="); (n == 1) != (test.ready >= 0) {
					t.Errorf("want one line when it is ready, got %q", k.log.written())
				}
			})
		})
	}
}

// A ready server stays ready, whatever its handlers do, until it drains.
func TestReadyIsNotTakenBack(t *testing.T) {
	bubble(t, func(k *kit) {
		lives := 0
		k.serve("/", actor.PropsFromProducer(func() actor.Actor {
			if lives++; lives > 1 {
				panic("no database")
			}
			return actor.ReceiveFunc(func(ctx actor.Context) {
				if _, ok := ctx.Message().(*Request); ok {
					ctx.Stop(ctx.Self())
				}
			})
		}))
		k.peer.send(get)
		k.peer.want("it has stopped", "HTTP/1.1 503")
		k.wait(time.Minute)
		if !k.server.Ready() || k.server.Draining() {
			t.Error("want it ready")
		}
		k.peer.end()
		ended := k.shutdown(context.Background())
		if k.server.Ready() || !k.server.Draining() {
			t.Error("want it to drain")
		}
		k.wait(drainGrace)
		wantError(t, "it ends", ended, nil)
	})
}
