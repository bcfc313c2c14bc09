package actors

import (
	"errors"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A boss is a handler that passes its requests on to a clerk, its child, and hires a new one when that has stopped.
// Like clerk, it may be inspected only while all is quiet.
type boss struct {
	clerk
	panics  bool // where no child can be spawned
	refused []error
}

func (b *boss) props() *actor.Props {
	return actor.PropsFromFunc(func(ctx actor.Context) {
		switch message := ctx.Message().(type) {
		case *actor.Started, *actor.Terminated:
			b.hire(ctx)
		case *Request:
			ctx.Forward(ctx.Children()[0])
		case func(actor.Context):
			message(ctx)
		}
	})
}

func (b *boss) hire(ctx actor.Context) {
	if _, err := ctx.SpawnNamed(b.clerk.props(), "clerk"); err != nil {
		b.refused = append(b.refused, err)
		if b.panics {
			panic(err)
		}
	}
}

func TestARequestWithAChildIsAnsweredWhateverEnds(t *testing.T) {
	tests := []struct {
		why, who string
		what     func(actor.Context)
		begin    string
	}{
		{"the child crashes", "router//boss/clerk", crashNow, "HTTP/1.1 500"},
		{"the child stops", "router//boss/clerk", stopNow, "HTTP/1.1 503"},
		{"the handler crashes, and its restart stops the child", "router//boss", crashNow, "HTTP/1.1 503"},
		{"the handler stops, and the child with it", "router//boss", stopNow, "HTTP/1.1 503"},
	}
	for _, test := range tests {
		t.Run(test.why, func(t *testing.T) {
			bubble(t, func(k *kit) {
				b := &boss{}
				k.serve("/boss", b.props())
				k.peer.send(ask("GET", "/boss"))
				k.peer.wantIdle("the child has it")
				begun := time.Now()
				k.tell(test.who, test.what)
				k.peer.wantNoRetry("whoever had it is told to be gone at once", test.begin)
				if took := time.Since(begun); took != 0 {
					t.Errorf("never by a timeout: took %v", took)
				}
				k.wait(firstPause)
				b.kept = nil
				k.peer.send(ask("GET", "/boss"))
				k.tell("router//boss/clerk", b.answer)
				k.peer.want("the handler and its child are back", "HTTP/1.1 200", "/boss")
			})
		})
	}
}

func TestARequestOnWhichAChildPanicsIs500AtOnce(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			switch ctx.Message().(type) {
			case *actor.Started:
				ctx.Spawn(actor.PropsFromFunc(func(ctx actor.Context) {
					if _, ok := ctx.Message().(*Request); ok {
						panic("asked to")
					}
				}))
			case *Request:
				ctx.Forward(ctx.Children()[0])
			}
		}))
		begun := time.Now()
		k.peer.send(get + get)
		k.peer.want("it failed on the message at hand", "HTTP/1.1 500")
		k.peer.want("and on the next", "HTTP/1.1 500")
		if took := time.Since(begun); took != 0 {
			t.Errorf("never by a timeout: took %v", took)
		}
	})
}

// A handler that pauses keeps its child, and what the child has is not lost.
func TestAChildAnswersWhileItsParentPauses(t *testing.T) {
	bubble(t, func(k *kit) {
		b := &boss{}
		k.serve("/boss", b.props())
		k.start()
		for range freeRestarts {
			k.tell("router//boss", crashNow)
		}
		k.peer.send(ask("GET", "/boss"))
		k.tell("router//boss", crashNow)
		k.peer.wantIdle("only what the handler had itself is lost")
		k.tell("router//boss/clerk", b.answer)
		k.peer.want("the child lives until the restart", "HTTP/1.1 200", "/boss")
		k.wait(firstPause)
		k.peer.wantIdle("one request, one response")
	})
}

// An actor that got a new child while it ends would wait for that child's end for ever.
func TestAHandlerThatRespawnsItsChildEnds(t *testing.T) {
	for name, panics := range map[string]bool{"and minds the error": false, "and panics with the error": true} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				b := &boss{panics: panics}
				k.serve("/boss", b.props())
				k.start()
				for n, what := range []func(actor.Context){crashNow, stopNow} {
					k.tell("router//boss", what)
					k.wait(firstPause)
					if len(b.refused) != n+1 || !errors.Is(b.refused[n], errEnding) {
						t.Fatalf("while it ends it gets no child, and is told why: got %v", b.refused)
					}
					k.peer.send(ask("GET", "/boss"))
					k.tell("router//boss/clerk", b.answer)
					k.peer.want("it has ended, and is back with a child", "HTTP/1.1 200", "/boss")
				}
				k.tell("router//boss/clerk", stopNow)
				k.peer.send(ask("GET", "/boss"))
				k.tell("router//boss/clerk", b.answer)
				k.peer.want("a child that ends while the handler lives is respawned", "HTTP/1.1 200", "/boss")
			})
		})
	}
}

func TestALateAnswerOfAChildNamesTheChild(t *testing.T) {
	bubble(t, func(k *kit) {
		b := &boss{}
		k.serve("/boss", b.props())
		k.peer.send(ask("GET", "/boss"))
		k.wait(30 * time.Second)
		k.peer.want("its time is up", "HTTP/1.1 504")
		k.tell("router//boss/clerk", b.answer)
		if k.log.count("INFO late response dropped actor=listener/connection$1 from=router//boss/clerk status=200") != 1 {
			t.Errorf("want it to be clear who was late, got %q", k.log.written())
		}
	})
}
