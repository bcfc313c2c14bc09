package dispatch

import (
	"sync/atomic"
	"time"
)

// A Task is what a worker runs when it is due, usually a mailbox. Its owner must not make it due twice at the same
// time.
type Task struct {
	// Run does the work. It may make the task due again, and may end the goroutine.
	Run func()
	// Owner owns the task; it tells callers of Running and Current what runs.
	Owner any
	// Trusted says that each run is quick, so that nobody measures it.
	Trusted bool
	// Bulk says that the runs are long, because they carry large content. Other tasks then get more turns.
	Bulk atomic.Bool

	quickRuns atomic.Int32 // in a row, up to longQuick; below 0 after a slow one
}

const (
	// provenQuick is how many quick runs in a row make a task quick.
	provenQuick = 16
	// slowMemory is how many more quick runs are needed after a slow one: many slow actors are slow only now and
	// then.
	slowMemory = 1000
	// longQuick is how many quick runs in a row excuse a slow one. A task that is slow so rarely hardly delays others, and
	// most likely it was the machine that held up the worker.
	longQuick = slowMemory
	// quickMessage is how long a message may take in a quick run, on average: a large batch must not look slow
	// because the machine held up the worker once.
	quickMessage = 50 * time.Microsecond
)

// Learn notes how long a run took, and for how many messages. It may be called after the next run has begun.
func (t *Task) Learn(took time.Duration, messages int) {
	runs := t.quickRuns.Load()
	switch slow := took > quickMessage*time.Duration(messages); {
	case slow && runs >= longQuick:
		t.quickRuns.Store(0)
	case slow:
		t.quickRuns.Store(-slowMemory)
	case runs < longQuick:
		t.quickRuns.Store(runs + 1)
	}
}

// IsQuick reports whether the runs of the task have been short for a while.
func (t *Task) IsQuick() bool { return t.isQuick() }

// isQuick reports whether the next run will probably be so short that later tasks may wait for it.
func (t *Task) isQuick() bool { return t.Trusted || t.quickRuns.Load() >= provenQuick }
