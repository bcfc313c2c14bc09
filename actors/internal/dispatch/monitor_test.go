package dispatch

import (
	"testing"
	"testing/synctest"
)

// A lookScene is a dispatcher whose monitor looks when the test says so.
type lookScene struct {
	*Dispatcher
	t       *testing.T
	release chan struct{} // lets the tasks end
}

// newLookScene has so many tasks wait for a worker, which look quick and hold theirs up until the end.
func newLookScene(t *testing.T, processors, due int) *lookScene {
	s := &lookScene{New(processors), t, make(chan struct{})}
	s.watching = true // so that the monitor does not look by itself
	for range due {
		s.queue.push(&Task{Run: func() { <-s.release }, Trusted: true})
	}
	return s
}

// end lets all tasks end.
func (s *lookScene) end() { close(s.release); synctest.Wait(); s.Close() }

// call adds a worker as the dispatcher does that has called it, which has not begun.
func (s *lookScene) call() *worker {
	w := &worker{wake: make(chan struct{}, 1)}
	s.enter(w)
	return w
}

// begin has a worker that was called begin to run a task.
func (s *lookScene) begin(w *worker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.runs, w.since = true, s.tick
	s.begun++
}

// pass has more than a tick pass in which nothing moves: all that have begun are at the same task still.
func (s *lookScene) pass() {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick += 2
	s.seen = s.begun
}

// look makes the monitor look, and wants that many workers then, and that many held up.
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

// A worker that was just called is not held up, however long the machine takes to start it. It is there for the due
// tasks.
func TestTheMonitorKnowsThoseThatItHasCalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newLookScene(t, 2, 100)
		defer s.end()
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
	synctest.Test(t, func(t *testing.T) {
		s := newLookScene(t, 2, 100)
		defer s.end()
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
	synctest.Test(t, func(t *testing.T) {
		s := newLookScene(t, 8, 3)
		defer s.end()
		s.look("nobody is there", 1, 0)
		s.pass()
		s.look("two are due, and there is one", 2, 1)
		s.pass()
		s.look("one is due", 3, 2)
		s.pass()
		s.look("nothing is due", 3, 3)
	})
}
