package actors

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// crashes has the client ask so often for what its handler panics on, with a pause after each.
func (k *kit) crashes(n int, target string, pause time.Duration) {
	k.t.Helper()
	for range n {
		k.peer.send(ask("GET", target))
		k.peer.want("told at once", "HTTP/1.1 500")
		k.wait(pause)
	}
}

// wantLines wants so many crashes in full, and sums.
func (k *kit) wantLines(why string, inFull, sums int) {
	k.t.Helper()
	if full, summed := k.log.count("ERROR crashed actor="), k.log.count("ERROR crashed again"); full != inFull || summed != sums {
		k.t.Errorf("%s: want %d lines in full and %d sums, got %d and %d: %q", why, inFull, sums, full, summed, k.log.written())
	}
}

func TestCrashesThatRepeatAreSummedUp(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		var spawned atomic.Int32
		k.serve("/", counting(&spawned))
		k.start()
		begun := time.Now()
		k.crashes(8, "/crash", time.Second)
		k.wantLines("the first are logged in full", crashesInFull, 0)
		k.wait(quietTime - time.Since(begun))
		k.wantLines("the others are summed up", crashesInFull, 1)
		sum := fmt.Sprintf("ERROR crashed again actor=router// count=5 first=%v last=%v reason=asked to",
			begun.Add(3*time.Second), begun.Add(7*time.Second))
		if k.log.count(sum) != 1 {
			t.Errorf("want how many, and from when to when, got %q", k.log.written())
		}
		k.crashes(1, "/crash", 0)
		k.wait(quietTime)
		k.wantLines("as long as it goes on", crashesInFull, 2)
		if k.log.count("ERROR crashed again", " count=1 ") != 1 {
			t.Errorf("want each counted once, got %q", k.log.written())
		}
		k.wait(quietTime)
		k.crashes(1, "/crash", 0)
		k.wantLines("after a quiet time it is news again", crashesInFull+1, 2)
	})
}

func TestWhatIsLeftOfCrashesIsSummedUpWithTheServer(t *testing.T) {
	bubble(t, func(k *kit) {
		var spawned atomic.Int32
		k.serve("/", counting(&spawned))
		k.crashes(10, "/crash", 0)
		k.peer.end()
		if err := k.server.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		k.wantLines("nothing is lost", crashesInFull, 1)
		lines := k.log.written()
		if sum, end := lines[len(lines)-2], lines[len(lines)-1]; !strings.Contains(sum, "count=7") || !strings.HasPrefix(end, "INFO stopped actor=server") {
			t.Errorf("want the sum before the end, got %q", lines)
		}
		k.wait(time.Minute)
		k.wantLines("and nothing comes behind it", crashesInFull, 1)
	})
}

// Crashes differ in the route, the place in the code, or the decision about the actor.
func TestCrashesAtAnotherPlaceAreLoggedInFull(t *testing.T) {
	bubble(t, func(k *kit) {
		crashing := func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case func(actor.Context):
				message(ctx)
			case *Request:
				switch message.Param("what") {
				case "here":
					panic("here")
				case "there":
					panic("there")
				case "nowhere":
					var nobody *Request
					ctx.Respond(nobody.Text(200, nobody.Path()))
				}
			}
		}
		k.serve("/a/{what}", actorOf(crashing))
		k.serve("/b/{what}", actorOf(crashing))
		for i, target := range []string{"/a/here", "/a/there", "/a/nowhere", "/b/here"} {
			k.crashes(10, target, 0)
			k.wantLines(target+" is another mistake", (i+1)*crashesInFull, 0)
		}
		if k.log.count("reason=runtime error: invalid memory address", "crash_log_test.go") != crashesInFull {
			t.Errorf("want the place of each, got %q", k.log.written())
		}
	})
}

// The names of children may come from clients: crashes of children at the same place are of one kind, whatever they
// are called. Otherwise any client could make the log write all of them in full.
func TestCrashesOfManyChildrenAreOfOneKind(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/{name}", actorOf(func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				child, _ := ctx.SpawnNamed(actorOf(func(ctx actor.Context) {
					if _, ok := ctx.Message().(*Request); ok {
						panic("asked to")
					}
				}), r.Param("name"))
				ctx.Forward(child)
			}
		}))
		for n := range 50 {
			k.crashes(1, fmt.Sprintf("/name-%d", n), 0)
		}
		k.wantLines("one mistake", crashesInFull, 0)
		if n := len(k.server.env.crashes.kinds); n != 1 {
			t.Errorf("want one kind to be remembered, got %d", n)
		}
		k.wait(quietTime)
		if k.log.count("ERROR crashed again actor=router//{name}/name-49 count=47") != 1 {
			t.Errorf("want the last of them in the sum, got %q", k.log.written())
		}
	})
}

// The number of remembered kinds is bounded, even if kinds have no end.
func TestKindsOfCrashesAreBounded(t *testing.T) {
	bubble(t, func(k *kit) {
		env := k.environment()
		who := actor.NewPID("nonhost", "server/router/%2F")
		inFull := 0
		for n := range 2 * mostCrashKinds {
			kind := kindOf(who, string(restart), fmt.Sprintf("file.go:%d", n))
			for range 2 {
				if env.crashes.count(slog.LevelError, crashed, kind) {
					inFull++
				} else {
					env.crashes.note(crashed, kind, who, "asked to")
				}
			}
		}
		if n := len(env.crashes.kinds); n != mostCrashKinds+1 {
			t.Errorf("want %d kinds and one for all others, got %d", mostCrashKinds, n)
		}
		if wanted := 2*mostCrashKinds + crashesInFull; inFull != wanted {
			t.Errorf("want %d in full, got %d", wanted, inFull)
		}
		env.crashes.close()
		if k.log.count("ERROR crashed again", fmt.Sprintf("count=%d ", 2*mostCrashKinds-crashesInFull), "reason=asked to") != 1 {
			t.Errorf("want all others summed up, got %q", k.log.written())
		}
		if !env.crashes.count(slog.LevelError, crashed, "late") {
			t.Error("want what comes behind the end in full: nobody would sum it up")
		}
	})
}

// The misuse of a context is summed up in the same way, and so are panics in last words.
func TestWhatElseRepeatsIsSummedUp(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		k.serve("/", actorOf(func(ctx actor.Context) {
			switch ctx.Message().(type) {
			case *Request:
				ctx.Send(nil, "text")
				panic("asked to")
			case *actor.Restarting:
				panic("cannot")
			}
		}))
		k.crashes(20, "/", 0)
		k.wantLines("crashes, and their last words", 2*crashesInFull, 0)
		if n := k.log.count("ERROR context misused actor="); n != crashesInFull {
			t.Errorf("want misuse that repeats counted, got %d", n)
		}
		k.wait(quietTime)
		k.wantLines("and all summed up", 2*crashesInFull, 2)
		if k.log.count("ERROR context misused again actor=router// count=17", "reason=Send: there is nobody to send it to") != 1 {
			t.Errorf("want the sum, got %q", k.log.written())
		}
	})
}
