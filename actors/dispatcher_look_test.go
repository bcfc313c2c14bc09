package actors

import (
	"testing"
	"testing/synctest"
)

// A lookScene is a dispatcher whose monitor looks when the test says so.
type lookScene struct {
	*Dispatcher
	t       *testing.T
	release chan struct{} // lets the mailboxes end
}

// lookScene has so many mailboxes wait for a worker, which hold theirs up until the end.
func (k *kit) lookScene(processors, due int) *lookScene {
	s := &lookScene{NewDispatcher(), k.t, make(chan struct{})}
	s.processors, s.allowed, s.watching = processors, processors, true // so that the monitor does not look by itself
	for range due {
		s.queue.push(job{run: func() { <-s.release }})
	}
	k.cleanup = append(k.cleanup, func() { close(s.release); synctest.Wait(); s.Close() })
	return s
}

// call adds a worker as the dispatcher does that has called it, which has not begun.
func (s *lookScene) call() *worker {
	w := &worker{wake: make(chan struct{}, 1)}
	s.enter(w)
	return w
}

// begin has a worker that was called begin to run a mailbox.
func (s *lookScene) begin(w *worker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.runs, w.since = true, s.tick
	s.begun++
}

// pass has more than a tick pass in which nothing moves: all that have begun are at the same mailbox still.
func (s *lookScene) pass() {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick += 2
	s.seen = s.begun
}

// look has the monitor look, and wants so many workers then, of which so many count as held up.
func (s *lookScene) look(why string, busy, held int) {
	s.t.Helper()
	s.Dispatcher.look()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.monitor.Stop()
	if len(s.busy) != busy || s.held != held {
		s.t.Errorf("%s: want %d workers, %d of them held up, got %d and %d", why, busy, held, len(s.busy), s.held)
	}
}

// A worker that was only just called is not held up, however long the machine takes to let it begin. It
// is there for what is due.
func TestTheMonitorKnowsThoseThatItHasCalled(t *testing.T) {
	bubble(t, func(k *kit) {
		s := k.lookScene(2, 100)
		first, second := s.call(), s.call()
		for range 5 {
			s.pass()
			s.look("they have not begun, so nobody knows whether what is due holds anybody up", 2, 0)
		}
		s.begin(first)
		s.look("it has begun in this tick, and the other comes", 2, 0)
		s.pass()
		s.look("it is held up, so another takes its place", 3, 1)
		s.begin(second)
		s.pass()
		s.look("all are held up", 6, 3)
	})
}

// Where all that wait hold their workers up, their number doubles with each tick, and no faster.
func TestTheMonitorDoublesTheWorkersAtMost(t *testing.T) {
	bubble(t, func(k *kit) {
		s := k.lookScene(2, 100)
		s.look("nobody is there", 1, 0)
		for _, workers := range []int{1, 2, 4, 8, 16, 32} {
			s.pass()
			s.look("all are held up", 2*workers, workers)
		}
		s.pass()
		s.look("no more is due", 100, 64)
	})
}

func TestTheMonitorCallsNoMoreThanAreDue(t *testing.T) {
	bubble(t, func(k *kit) {
		s := k.lookScene(8, 3)
		s.look("nobody is there", 1, 0)
		s.pass()
		s.look("two are due, and there is one", 2, 1)
		s.pass()
		s.look("one is due", 3, 2)
		s.pass()
		s.look("nothing is due", 3, 3)
	})
}

// Whatever holds up a worker next that has waited for the sockets, the monitor sees to it that somebody waits for them
// again.
func TestSomebodyWatchesTheSockets(t *testing.T) {
	bubble(t, func(k *kit) {
		d, events := NewDispatcher(), &testEvents{happen: make(chan func())}
		d.mu.Lock()
		d.sockets = events
		w := &worker{}
		d.enter(w)
		if !d.startPolling(w) || d.startPolling(&worker{}) {
			t.Fatal("want one to wait for the sockets")
		}
		d.release(w)
		if !d.watching || d.polling {
			t.Error("want the monitor to look within a tick, because nobody waits for the sockets")
		}
		d.leave(w)
		d.mu.Unlock()
		done := false
		events.happen <- func() { d.Schedule(func() { done = true }) } // goes on when somebody waits for them
		k.wait(soon)
		if !done {
			t.Error("want what happens to be handed out")
		}
		d.Close()
	})
}
