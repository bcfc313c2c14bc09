package dispatch

import (
	"testing"
	"testing/synctest"
	"time"
)

// testEvents is an EventSource whose events the test sends.
type testEvents struct {
	happen  chan func()
	happens func()
}

func (e *testEvents) Wait() (more bool) { e.happens, more = <-e.happen; return more }
func (e *testEvents) Look() bool        { return false }
func (e *testEvents) Deliver()          { e.happens() }
func (e *testEvents) Close()            { close(e.happen) }

// If a worker that has waited for the sockets is held up next, the monitor makes another one wait for them.
func TestSomebodyWatchesTheSockets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, events := New(2), &testEvents{happen: make(chan func())}
		d.mu.Lock()
		d.events = events
		w := &worker{}
		d.enter(w)
		if !d.startPolling(w) || d.startPolling(&worker{}) {
			t.Fatal("want one to wait for the sockets")
		}
		d.release(w)
		if !d.watching || d.polled {
			t.Error("want the monitor to look within a tick, because nobody waits for the sockets")
		}
		d.leave(w)
		d.mu.Unlock()
		done := false
		events.happen <- func() { d.Schedule(func() { done = true }) } // goes on when somebody waits for them
		wait(soon)
		if !done {
			t.Error("want what happens to be handed out")
		}
		d.Close()
	})
}

// Close ends the monitor, also while no worker is at the sockets: nobody ever goes there again.
func TestADispatcherClosedWhileNobodyPollsIsQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, events := New(2), &testEvents{happen: make(chan func())}
		d.Await(events)
		events.happen <- func() { d.Schedule(d.Close) } // the worker leaves the sockets, and runs it
		looks := func() uint64 { d.mu.Lock(); defer d.mu.Unlock(); return d.tick }
		wait(soon)
		before := looks()
		wait(time.Second)
		if n := looks() - before; n > 0 {
			t.Errorf("want the monitor to rest after Close, it looked %d times in a second", n)
		}
	})
}

// An actor that waits for a client waits for events of the sockets: somebody must wait for those at once, not only
// after the monitor's next look.
func TestAnActorThatWaitsForAClientHasTheSocketsWatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, events := New(2), &testEvents{happen: make(chan func())}
		d.Await(events)
		defer d.Close()
		var m Task
		writable := make(chan struct{})
		var waited time.Duration
		events.happen <- func() {
			m.Run = func() {
				d.Hold(&m)
				begun := time.Now()
				<-writable
				waited = time.Since(begun)
			}
			d.ScheduleTask(&m)
		}
		events.happen <- func() { close(writable) }
		wait(soon)
		if waited != 0 {
			t.Errorf("want it told at once, it took %v", waited)
		}
	})
}
