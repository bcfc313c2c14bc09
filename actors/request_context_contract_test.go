package actors

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/asynkron/protoactor-go/actor"
)

// derivations are contexts that people make of that of a request.
var derivations = map[string]func(context.Context) (context.Context, context.CancelFunc){
	"itself":     func(c context.Context) (context.Context, context.CancelFunc) { return c, func() {} },
	"WithCancel": context.WithCancel,
	"WithTimeout": func(c context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeout(c, time.Hour)
	},
	"WithValue":    func(c context.Context) (context.Context, context.CancelFunc) { return withKey(c), func() {} },
	"of WithValue": func(c context.Context) (context.Context, context.CancelFunc) { return context.WithCancel(withKey(c)) },
	"of WithCancel": func(c context.Context) (context.Context, context.CancelFunc) {
		above, cancel := context.WithCancel(c)
		below, cancelBelow := context.WithTimeout(withKey(above), time.Hour)
		return below, func() { cancelBelow(); cancel() }
	},
	"WithCancelCause": func(c context.Context) (context.Context, context.CancelFunc) {
		below, cancel := context.WithCancelCause(c)
		return below, func() { cancel(nil) }
	},
	"somebody else's": func(c context.Context) (context.Context, context.CancelFunc) {
		return context.WithCancel(struct{ context.Context }{c})
	},
}

type contextKey struct{}

func withKey(c context.Context) context.Context { return context.WithValue(c, contextKey{}, "value") }

// A context derived from that of a request tells why it has ended.
func TestContextsThatAreMadeOfThatOfARequest(t *testing.T) {
	for _, test := range []struct {
		why        string
		end        func(k *kit, c *clerk)
		err, cause error
	}{
		{"the time of the handler is up", func(k *kit, _ *clerk) { k.wait(2 * time.Second) }, context.DeadlineExceeded, ErrHandlerTimeout},
		{"the client is gone", func(k *kit, _ *clerk) { k.peer.conn.Close(); k.wait(2 * probePause) }, context.Canceled, ErrClientGone},
		{"it is answered", func(k *kit, c *clerk) { k.tell("router//clerk/", c.answer) }, context.Canceled, ErrExchangeOver},
		{"the connection is stopped", func(k *kit, _ *clerk) { k.halt("listener/connection$1") }, context.Canceled, ErrExchangeOver},
	} {
		for name, derive := range derivations {
			t.Run(test.why+", "+name, func(t *testing.T) {
				bubble(t, func(k *kit) {
					c := &clerk{}
					k.serve("/clerk/", c.props(), HandlerTimeout(2*time.Second))
					_, ctx := c.ask(k.peer)
					made, cancel := derive(ctx)
					defer cancel()
					deadline, _ := ctx.Deadline()
					if got, ok := made.Deadline(); !ok || !got.Equal(deadline) {
						t.Errorf("want the deadline %v of the handler, got %v, %v", deadline, got, ok)
					}
					called := 0
					context.AfterFunc(made, func() { called++ })
					wantAlive(t, "nothing has happened", made)
					test.end(k, c)
					wantCause(t, test.why, made, test.cause)
					if got := made.Err(); got != test.err {
						t.Errorf("want the error %v, got %v", test.err, got)
					}
					if called != 1 {
						t.Errorf("want a function that waits called once, got %d calls", called)
					}
				})
			})
		}
	}
}

// A context does not change its answers, and gives only those that package context allows: Err is nil until Done is
// closed, and never again.
func TestAContextKeepsTheContract(t *testing.T) {
	for _, why := range []error{ErrExchangeOver, ErrHandlerTimeout} {
		for range 500 {
			made := newLife(time.Time{})
			done := made.Done()
			var observing sync.WaitGroup
			for range 2 {
				observing.Go(func() {
					for ended := false; !ended; runtime.Gosched() {
						err, cause := made.Err(), context.Cause(made)
						ended = isClosed(done)
						if err != nil && !ended || err != nil && cause == nil || ended && made.Err() == nil {
							t.Errorf("want all or nothing, got %v, %v, closed %v", err, cause, ended)
						}
					}
				})
			}
			made.end(why)
			made.end(errors.New("a second reason"))
			observing.Wait()
			if made.Done() != done || !errors.Is(context.Cause(made), why) {
				t.Fatalf("want the same channel, and the first reason: %v, got %v", why, context.Cause(made))
			}
		}
	}
}

func isClosed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// A context that is asked for just when the exchange ends has ended, whichever comes first.
func TestAContextThatIsAskedForAtTheEndEnds(t *testing.T) {
	times := 200_000
	if testing.Short() {
		times = 50_000
	}
	var asking, ending atomic.Int32
	var current atomic.Pointer[Request]
	asked := make(chan context.Context)
	go func() {
		for i := range int32(times) {
			for asking.Load() != i+1 {
				runtime.Gosched()
			}
			ending.Store(i + 1) // both begin now
			asked <- current.Load().Context()
		}
	}()
	endless := 0
	for i := range int32(times) {
		r := &Request{}
		r.progress.phase.Store(taken)
		r.progress.answered.Store(true)
		current.Store(r)
		asking.Store(i + 1)
		for ending.Load() != i+1 {
			runtime.Gosched()
		}
		for range i % 64 { // nobody knows who comes when
			current.Load()
		}
		r.end(ErrExchangeOver)
		if ctx := <-asked; !isClosed(ctx.Done()) {
			endless++
		}
	}
	if endless > 0 {
		t.Errorf("of %d contexts nobody will ever end %d", times, endless)
	}
}

// A function that waits for the end of a context can be cancelled until it is called.
func TestAFunctionThatWaitsForAContextIsCalledOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		made := newLife(time.Time{})
		called := make(map[string]int)
		var mu sync.Mutex
		after := func(name string) func() bool {
			return context.AfterFunc(made, func() { mu.Lock(); defer mu.Unlock(); called[name]++ })
		}
		off, on := after("called off"), after("called")
		if !off() || off() {
			t.Error("want it called off, once")
		}
		made.end(ErrExchangeOver)
		synctest.Wait()
		late := after("late")
		synctest.Wait()
		if on() || late() {
			t.Error("want it too late to call off")
		}
		if fmt.Sprint(called) != "map[called:1 late:1]" {
			t.Errorf("want each that was not called off called once, got %v", called)
		}
	})
}

// Users make contexts and forget to cancel them. They are gone after the exchange, and so are those that were
// cancelled before.
func TestContextsThatAreMadeOfThatOfARequestLeaveNothing(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		r, ctx := c.ask(k.peer)
		cancelled := 0
		for range 1000 {
			for _, derive := range derivations {
				made, cancel := derive(ctx)
				if made != ctx {
					cancel()
					cancelled++
				}
			}
		}
		synctest.Wait()
		if n := len(ctx.(*life).tells); n != 0 {
			t.Errorf("want none of %d that were cancelled remembered, got %d", cancelled, n)
		}
		var left []weak.Pointer[byte]
		for range 200 {
			for _, derive := range derivations {
				made, _ := derive(ctx)
				held := new(byte)
				context.AfterFunc(made, func() { *held = 1 })
				left = append(left, weak.Make(held))
			}
		}
		if thatWaitForContexts() == 0 {
			t.Error("package context has a goroutine wait for some, else this test proves nothing")
		}
		k.tell("router//clerk/", c.answer)
		k.peer.want("the answer", "HTTP/1.1 200")
		if n := len(ctx.(*life).tells); n != 0 {
			t.Errorf("want nothing remembered behind the exchange, got %d", n)
		}
		if n := thatWaitForContexts(); n > 0 {
			t.Errorf("want no goroutine behind the exchange, got %d", n)
		}
		runtime.GC()
		for _, pointer := range left {
			if pointer.Value() != nil {
				t.Fatal("want what waited for the end to be garbage")
			}
		}
		runtime.KeepAlive(ctx)
		runtime.KeepAlive(r)
	})
}

// thatWaitForContexts are the goroutines of package context in bubbles.
func thatWaitForContexts() (n int) {
	stacks := make([]byte, 8<<20)
	for stack := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		if strings.Contains(stack, "synctest bubble") && strings.Contains(stack, "context.(*cancelCtx).propagateCancel") {
			n++
		}
	}
	return n
}

// The context from before a stream began and the one from afterwards are two; each keeps its deadline, and both end
// with the stream.
func TestTheContextsOfAStream(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		r, before := c.ask(k.peer)
		deadline, _ := before.Deadline()
		made, cancel := context.WithCancel(before)
		defer cancel()
		done := before.Done()
		k.tell("router//clerk/", func(of actor.Context) { of.Send(r.ReplyTo(), r.Stream(200, nil, untilDone(made))) })
		within := r.Context()
		if _, limited := within.Deadline(); limited || within == before || within != r.Context() {
			t.Error("want one without a deadline, and the same whoever asks")
		}
		k.wait(time.Until(deadline) + time.Hour)
		for _, ctx := range []context.Context{before, made, within} {
			wantAlive(t, "the stream goes on, and the deadline was met", ctx)
		}
		if got, _ := before.Deadline(); !got.Equal(deadline) || before.Done() != done {
			t.Error("want successive calls to return the same")
		}
		k.tell("listener/connection$1", &hasten{})
		for _, ctx := range []context.Context{before, made, within} {
			wantCause(t, "the server drains", ctx, ErrDraining)
			if ctx.Err() != context.Canceled {
				t.Errorf("want the error %v, got %v", context.Canceled, ctx.Err())
			}
		}
		k.peer.want("its source was told", "HTTP/1.1 200")
	})
}
