package dispatch

import "sync/atomic"

// A Task is what a worker runs when it is due: a mailbox, as a rule. Its owner sees to it that it is due once at a time.
type Task struct {
	// Run does what there is to do. It may make the task due again, and may end the goroutine.
	Run func()
	// Owner is whose task it is, for those who ask what runs.
	Owner any
	// Bulk says that the runs are long, because they carry large content. Other tasks then get more turns.
	Bulk atomic.Bool
}
