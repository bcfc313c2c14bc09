package actors

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// soon is how long a mailbox may wait for its turn while others block their goroutines.
const soon = 5 * time.Millisecond

func TestMessagesOfOneSenderStayInOrder(t *testing.T) {
	bubble(t, func(k *kit) {
		env := k.environment()
		const senders, messages = 8, 2000
		last, inside, handled := map[int]int{}, 0, 0
		props := actor.PropsFromFunc(func(ctx actor.Context) {
			if message, ok := ctx.Message().([2]int); ok {
				if inside++; inside != 1 {
					t.Error("an actor gets one message at a time")
				}
				if message[1] != last[message[0]]+1 {
					t.Errorf("sender %d: want message %d, got %d", message[0], last[message[0]]+1, message[1])
				}
				last[message[0]] = message[1]
				inside--
				handled++
			}
		}, env.options()...)
		pid := env.system.Root.Spawn(props)
		var sending sync.WaitGroup
		for sender := range senders {
			sending.Go(func() {
				for n := range messages {
					env.system.Root.Send(pid, [2]int{sender, n + 1})
				}
			})
		}
		sending.Wait()
		k.wait(soon)
		if handled != senders*messages {
			t.Errorf("want %d messages, got %d", senders*messages, handled)
		}
		env.system.Root.Stop(pid)
		k.wait(soon)
	})
}

// An actor that always has a message for itself must not keep others waiting.
func TestABusyActorYields(t *testing.T) {
	bubble(t, func(k *kit) {
		env := k.environment()
		var end, turns atomic.Bool
		busy := actor.PropsFromFunc(func(ctx actor.Context) {
			if _, ok := ctx.Message().(string); ok && !end.Load() {
				ctx.Send(ctx.Self(), "again")
			}
		}, env.options()...)
		var pids []*actor.PID
		for range 4 * runtime.GOMAXPROCS(0) {
			pid := env.system.Root.Spawn(busy)
			env.system.Root.Send(pid, "begin")
			pids = append(pids, pid)
		}
		got := make(chan struct{})
		env.dispatcher.Schedule(func() { turns.Store(true); close(got) })
		<-got // a bubble whose goroutines are all busy does not advance its clock: this waits in earnest
		end.Store(true)
		synctest.Wait()
		if !turns.Load() {
			t.Error("the other mailbox never got its turn")
		}
		for _, pid := range pids {
			env.system.Root.Stop(pid)
		}
		k.wait(soon)
	})
}

func TestAnActorThatEndsItsGoroutineHasFailed(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", answering(func(r *Request) *Response {
			if r.Path() == "/exit" {
				runtime.Goexit() // as t.FailNow does
			}
			return r.Text(200, "hello")
		}))
		k.peer.send(ask("GET", "/exit"))
		k.peer.want("it never answered", "HTTP/1.1 500")
		k.peer.send(get)
		k.peer.want("the route lives on", "HTTP/1.1 200", "hello")
	})
}

// A handler that was slow once must not delay others by a tick of the dispatcher each time it is slow again.
func TestAHandlerThatWasSlowOnceHasCompany(t *testing.T) {
	bubble(t, func(k *kit) {
		var calls atomic.Int32
		var served time.Time
		k.serve("/{ms}", sleepy(&calls))
		k.serve("/", answering(func(r *Request) *Response { served = time.Now(); return r.Text(200, "hello") }))
		waitsBeside := func() time.Duration {
			other := k.dial()
			for range 50 {
				k.peer.send(ask("GET", "/0"))
				k.peer.want("it is quick, as a rule", "HTTP/1.1 200")
				other.send(get)
				other.want("nobody is slow", "HTTP/1.1 200")
			}
			k.peer.send(ask("GET", "/10"))
			synctest.Wait()
			begun := time.Now()
			other.send(get)
			k.wait(2 * soon)
			other.want("beside a handler that sleeps", "HTTP/1.1 200")
			k.peer.want("it was slow", "HTTP/1.1 200")
			return served.Sub(begun)
		}
		if waited := waitsBeside(); waited > soon {
			t.Errorf("want the other handler to wait for the monitor, it waited for %v", waited)
		}
		for range 3 {
			if waited := waitsBeside(); waited > 0 {
				t.Errorf("want the other handler to wait for nobody, it waited for %v", waited)
			}
		}
	})
}
