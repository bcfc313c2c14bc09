package dispatch

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// soon is how long a mailbox may wait for its turn while others block their goroutines.
const soon = 5 * time.Millisecond

// wait lets the fake clock go on.
func wait(d time.Duration) { time.Sleep(d); synctest.Wait() }

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
	synctest.Test(t, func(t *testing.T) {
		d := New(2)
		before := goroutines()
		for range 100 {
			var ran atomic.Bool
			d.Schedule(func() { ran.Store(true) })
			wait(soon)
			if !ran.Load() {
				t.Fatal("what is scheduled runs soon")
			}
			wantGoroutines(t, "the goroutine that was parked runs the next", before, 1)
		}
		wait(3 * surplusAfter)
		wantGoroutines(t, "after a while idle it is let go", before, 0)
		var ran atomic.Bool
		d.Schedule(func() { ran.Store(true) })
		wait(soon)
		if !ran.Load() {
			t.Error("and comes back on demand")
		}
		d.Close()
		wantGoroutines(t, "Close lets all go", before, 0)
	})
}

func TestScheduleNeverBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := New(2)
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
		wait(time.Second)
		if n := ran.Load(); n != 10_000 {
			t.Errorf("want all 10000 to run, got %d", n)
		}
		d.Close()
	})
}

func TestCloseAndScheduleAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := New(2)
		before := goroutines()
		release := make(chan struct{})
		var ended atomic.Bool
		d.Schedule(func() { <-release; ended.Store(true) })
		wait(soon)
		d.Close()
		d.Close()
		close(release)
		wait(soon)
		if !ended.Load() {
			t.Error("what was running ends in its own time")
		}
		var ran atomic.Int32
		for range 100 {
			d.Schedule(func() { ran.Add(1) })
		}
		wait(soon)
		if n := ran.Load(); n != 100 {
			t.Errorf("Schedule still works after Close: want 100 to run, got %d", n)
		}
		wantGoroutines(t, "and keeps nothing", before, 0)
	})
}

func TestBlockedMailboxesDoNotHoldUpOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := New(2)
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
			wait(soon)
			if !ran.Load() {
				t.Fatal("an actor that waits holds its goroutine and nobody else's")
			}
		}
		letGo()
		wait(soon)
		if n := released.Load(); n != blocked {
			t.Errorf("want all %d to end, got %d", blocked, n)
		}
		wait(3 * surplusAfter)
		wantGoroutines(t, "the surplus is let go", before, 0)
	})
}

func TestABurstOfBlockingMailboxes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := New(2)
		defer d.Close()
		begun, ended := time.Now(), atomic.Int32{}
		for range 200 {
			d.Schedule(func() { time.Sleep(100 * time.Millisecond); ended.Add(1) })
		}
		for ended.Load() < 200 {
			wait(time.Millisecond)
		}
		if took := time.Since(begun); took > 150*time.Millisecond {
			t.Errorf("mailboxes that sleep do so side by side: want about 100ms for all, took %v", took)
		}
	})
}
