package actors

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// soon is how long a mailbox may wait for its turn behind others that hold their goroutines.
const soon = 5 * time.Millisecond

// goroutines is the number of those in the bubble of the caller.
func goroutines() int {
	stacks := make([]byte, 1<<20)
	own := string(stacks[:runtime.Stack(stacks, false)])
	_, bubble, _ := strings.Cut(own[:strings.IndexByte(own, ']')], "synctest bubble ")
	return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "synctest bubble "+bubble+"]")
}

// wantGoroutines wants so many more goroutines than before.
func wantGoroutines(t *testing.T, why string, before, more int) {
	t.Helper()
	synctest.Wait()
	if got := goroutines() - before; got != more {
		t.Errorf("%s: want %d goroutines more, got %d", why, more, got)
	}
}

func TestTheDispatcherKeepsItsGoroutines(t *testing.T) {
	bubble(t, func(k *kit) {
		d := NewDispatcher()
		before := goroutines()
		for range 100 {
			var ran atomic.Bool
			d.Schedule(func() { ran.Store(true) })
			k.wait(soon)
			if !ran.Load() {
				t.Fatal("what is scheduled runs soon")
			}
			wantGoroutines(t, "the goroutine that was parked runs the next", before, 1)
		}
		k.wait(3 * surplusAfter)
		wantGoroutines(t, "after a while idle it is let go", before, 0)
		var ran atomic.Bool
		d.Schedule(func() { ran.Store(true) })
		k.wait(soon)
		if !ran.Load() {
			t.Error("and comes back on demand")
		}
		d.Close()
		wantGoroutines(t, "Close lets all go", before, 0)
	})
}

func TestScheduleNeverBlocks(t *testing.T) {
	bubble(t, func(k *kit) {
		d := NewDispatcher()
		release := make(chan struct{})
		begun := time.Now()
		var ran atomic.Int32
		for range 10_000 {
			d.Schedule(func() { <-release; ran.Add(1) })
		}
		if took := time.Since(begun); took > 0 {
			t.Errorf("Schedule waited for %v", took)
		}
		close(release)
		k.wait(time.Second)
		if n := ran.Load(); n != 10_000 {
			t.Errorf("want all 10000 to run, got %d", n)
		}
		d.Close()
	})
}

func TestCloseAndScheduleAfterwards(t *testing.T) {
	bubble(t, func(k *kit) {
		d := NewDispatcher()
		before := goroutines()
		release := make(chan struct{})
		var ended atomic.Bool
		d.Schedule(func() { <-release; ended.Store(true) })
		k.wait(soon)
		d.Close()
		d.Close()
		close(release)
		k.wait(soon)
		if !ended.Load() {
			t.Error("what was running ends in its own time")
		}
		var ran atomic.Int32
		for range 100 {
			d.Schedule(func() { ran.Add(1) })
		}
		k.wait(soon)
		if n := ran.Load(); n != 100 {
			t.Errorf("Schedule still works after Close: want 100 to run, got %d", n)
		}
		wantGoroutines(t, "and keeps nothing", before, 0)
	})
}

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

// An actor that always has a message for itself must not keep others from their turn.
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

func TestBlockedMailboxesDoNotHoldUpOthers(t *testing.T) {
	bubble(t, func(k *kit) {
		d := NewDispatcher()
		defer d.Close()
		before := goroutines()
		release := make(chan struct{})
		letGo := sync.OnceFunc(func() { close(release) })
		defer letGo()
		var released atomic.Int32
		const blocked = 40
		for range blocked {
			d.Schedule(func() { <-release; released.Add(1) })
		}
		for range 20 {
			var ran atomic.Bool
			d.Schedule(func() { ran.Store(true) })
			k.wait(soon)
			if !ran.Load() {
				t.Fatal("an actor that waits holds its goroutine and nobody else's")
			}
		}
		letGo()
		k.wait(soon)
		if n := released.Load(); n != blocked {
			t.Errorf("want all %d to end, got %d", blocked, n)
		}
		k.wait(3 * surplusAfter)
		wantGoroutines(t, "the surplus is let go", before, 0)
	})
}

func TestABurstOfBlockingMailboxes(t *testing.T) {
	bubble(t, func(k *kit) {
		d := NewDispatcher()
		defer d.Close()
		begun, ended := time.Now(), atomic.Int32{}
		for range 200 {
			d.Schedule(func() { time.Sleep(100 * time.Millisecond); ended.Add(1) })
		}
		for ended.Load() < 200 {
			k.wait(time.Millisecond)
		}
		if took := time.Since(begun); took > 150*time.Millisecond {
			t.Errorf("mailboxes that sleep do so side by side: want about 100ms for all, took %v", took)
		}
	})
}
