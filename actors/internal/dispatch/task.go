package dispatch

import (
	"sync/atomic"
	"time"
)

// A Task is what a worker runs when it is due: a mailbox, as a rule. Its owner sees to it that it is due once at a time.
type Task struct {
	// Run does what there is to do. It may make the task due again, and may end the goroutine.
	Run func()
	// Owner is whose task it is, for those who ask what runs.
	Owner any
	// Trusted says that each run is quick. Nobody has to measure it.
	Trusted bool
	// Bulk says that the runs are long, because they carry large content. Other tasks then get more turns.
	Bulk atomic.Bool

	quickRuns atomic.Int32 // in a row, up to longQuick; below 0 after a slow one
}

const (
	// provenQuick is how many quick runs in a row make a task a quick one.
	provenQuick = 16
	// slowMemory is how many more it takes after a slow run: many a slow actor is slow once in a while.
	slowMemory = 1000
	// longQuick is how many quick runs in a row excuse a slow one: it is so rare that those who wait for it hardly matter,
	// and most likely the machine has held up the worker, and not the task.
	longQuick = slowMemory
	// quickMessage is how long a message takes at most in a quick run. It is an average: a large batch must not look
	// slow because the machine held up the worker once.
	quickMessage = 50 * time.Microsecond
)

// Learn says how long a run took, and for how many messages. It may be called when the next run has begun.
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

// isQuick reports whether the next run is most likely so short that what is due after it may wait.
func (t *Task) isQuick() bool { return t.Trusted || t.quickRuns.Load() >= provenQuick }
