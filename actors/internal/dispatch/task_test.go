package dispatch

import (
	"testing"
	"testing/synctest"
	"time"
)

// proven makes a task that has shown itself quick.
func proven(run func()) *Task {
	t := &Task{Run: run}
	for range provenQuick {
		t.Learn(0, 1)
	}
	return t
}

func TestATaskHasToShowThatItIsQuick(t *testing.T) {
	for name, test := range map[string]struct {
		learn func(*Task)
		quick bool
	}{
		"nothing is known":                    {func(*Task) {}, false},
		"a few quick runs":                    {func(t *Task) { learn(t, provenQuick-1, 0, 1) }, false},
		"enough of them":                      {func(t *Task) { learn(t, provenQuick, 0, 1) }, true},
		"as long as a quick message may take": {func(t *Task) { learn(t, provenQuick, quickMessage, 1) }, true},
		"longer":                              {func(t *Task) { learn(t, 10*provenQuick, quickMessage+1, 1) }, false},
		"longer, but for many messages":       {func(t *Task) { learn(t, provenQuick, 10*quickMessage, 10) }, true},
		"a run without messages":              {func(t *Task) { learn(t, provenQuick, 1, 0) }, false},
		"slow once":                           {func(t *Task) { learn(t, 5000, 0, 1); learn(t, 1, time.Millisecond, 1) }, false},
		"a slow one is remembered": {func(t *Task) {
			learn(t, 1, time.Millisecond, 1)
			learn(t, slowMemory+provenQuick-1, 0, 1)
		}, false},
		"but not for ever": {func(t *Task) {
			learn(t, 1, time.Millisecond, 1)
			learn(t, slowMemory+provenQuick, 0, 1)
		}, true},
		"slow once in a long time": {func(t *Task) {
			learn(t, longQuick, 0, 1)
			learn(t, 1, time.Millisecond, 1)
			learn(t, provenQuick, 0, 1)
		}, true},
		"but it has to show itself quick again": {func(t *Task) {
			learn(t, 5*longQuick, 0, 1)
			learn(t, 1, time.Millisecond, 1)
			learn(t, provenQuick-1, 0, 1)
		}, false},
		"slow twice in a long time": {func(t *Task) {
			learn(t, longQuick, 0, 1)
			learn(t, 2, time.Millisecond, 1)
			learn(t, slowMemory, 0, 1)
		}, false},
		"a trusted one": {func(t *Task) { t.Trusted = true }, true},
	} {
		t.Run(name, func(t *testing.T) {
			var task Task
			test.learn(&task)
			if task.isQuick() != test.quick {
				t.Errorf("want quick %v", test.quick)
			}
		})
	}
}

func learn(t *Task, runs int, took time.Duration, messages int) {
	for range runs {
		t.Learn(took, messages)
	}
}

// What quick tasks lead to stays with their worker, until too much of it waits.
func TestQuickTasksStayOnTheirWorker(t *testing.T) {
	for name, test := range map[string]struct{ due, workers int }{
		"a few":         {10, 1},
		"a backlog":     {backlog, 1},
		"more than one": {backlog + 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := New(2)
				defer d.Close()
				before, ran := goroutines(), 0
				d.ScheduleTask(proven(func() {
					for range test.due {
						d.ScheduleTask(&Task{Run: func() { d.mu.Lock(); ran++; d.mu.Unlock() }, Trusted: true})
					}
				}))
				wantGoroutines(t, "those who run them", before, test.workers)
				if ran != test.due {
					t.Errorf("want %d to run, got %d", test.due, ran)
				}
			})
		})
	}
}

// A task that is not known to be quick has company at once; one that is and waits all the same, when the monitor sees
// it.
func TestWhoHasCompanyAtOnce(t *testing.T) {
	slowOnce := func(run func()) *Task {
		task := proven(run)
		task.Learn(time.Millisecond, 1)
		return task
	}
	for name, test := range map[string]struct {
		make   func(run func()) *Task
		atOnce bool
	}{
		"a newcomer":                 {func(run func()) *Task { return &Task{Run: run} }, true},
		"one that was slow once":     {slowOnce, true},
		"one that is known as quick": {proven, false},
	} {
		for when, already := range map[string]bool{"what is due already": true, "what becomes due": false} {
			t.Run(name+", "+when, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					d := New(2)
					defer d.Close()
					release, ran := make(chan struct{}), make(chan time.Duration, 1)
					defer close(release)
					begun := time.Now()
					next := &Task{Run: func() { ran <- time.Since(begun) }, Trusted: true}
					d.ScheduleTask(proven(func() { // its worker takes them one after the other
						d.ScheduleTask(test.make(func() { <-release }))
						if already {
							d.ScheduleTask(next)
						}
					}))
					if synctest.Wait(); !already {
						d.ScheduleTask(next)
					}
					if waited := <-ran; (waited == 0) != test.atOnce || waited > 2*tickTime {
						t.Errorf("want the next to run at once: %v, and soon in any case; it waited for %v", test.atOnce, waited)
					}
				})
			})
		}
	}
}
