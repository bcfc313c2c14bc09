package dispatch

import (
	"fmt"
	"strings"
	"testing"
)

// A queueScene is a run queue whose tasks say their names.
type queueScene struct {
	runQueue
	t    *testing.T
	said []string
}

func (s *queueScene) add(name string, bulk bool) {
	due := &Task{Run: func() { s.said = append(s.said, name) }}
	due.Bulk.Store(bulk)
	s.push(due)
}

// wantNext wants these tasks to be next.
func (s *queueScene) wantNext(why, names string) {
	s.t.Helper()
	s.said = nil
	for range strings.Fields(names) {
		s.pop().Run()
	}
	if got := strings.Join(s.said, " "); got != names {
		s.t.Errorf("%s: want %q, got %q", why, names, got)
	}
}

// Large content has a share of the turns, while there is any, and no more: else it would hold up small exchanges, or
// they it for ever.
func TestLargeContentHasItsShareOfTheTurns(t *testing.T) {
	s := &queueScene{t: t}
	for n := range 5 {
		s.add(fmt.Sprintf("bulk%d", n), true)
	}
	for n := range 12 {
		s.add(fmt.Sprintf("quick%d", n), false)
	}
	s.wantNext("a quarter", "quick0 quick1 quick2 bulk0 quick3 quick4 quick5 bulk1 quick6 quick7 quick8 bulk2 quick9 quick10 quick11 bulk3")
	s.wantNext("nothing else is there", "bulk4")
	s.add("quick", false)
	s.add("late", false)
	s.wantNext("nor is large content", "quick late")
	if s.length != 0 || s.quick.length != 0 || s.bulk.length != 0 {
		t.Errorf("want nothing left, got %d", s.length)
	}
}

func TestARunQueueForgetsABurst(t *testing.T) {
	for _, test := range []struct {
		tasks int
		kept  bool
	}{{keptTasks, true}, {keptTasks + 1, false}, {10 * keptTasks, false}} {
		var q ring
		for range 3 {
			for range test.tasks {
				q.push(&Task{Run: func() {}})
			}
			for range test.tasks {
				q.pop().Run()
			}
			if room := len(q.tasks); (room > 0) != test.kept || room > keptTasks {
				t.Errorf("want no room for %d tasks kept, and only that of few, got room for %d", test.tasks, room)
			}
		}
	}
}

func TestARingKeepsItsOrderWhenItGrows(t *testing.T) {
	var q ring
	said, added := 0, 0
	add := func() {
		n := added
		added++
		q.push(&Task{Run: func() {
			if n != said {
				t.Errorf("want task %d, got %d", said, n)
			}
			said++
		}})
	}
	for range 1000 {
		add()
		add()
		add()
		q.pop().Run()
	}
	for said < added {
		q.pop().Run()
	}
}
