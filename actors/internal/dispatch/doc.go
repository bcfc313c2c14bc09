// Package dispatch runs the mailboxes of actors on goroutines that it keeps. A new goroutine begins with a small
// stack. The calls down to an actor's Receive outgrow it, and copying the stack costs more than a small request
// (golang/go#18138).
//
// A mailbox owns a [Task], which is due while the mailbox has messages. Due tasks wait in one queue, first in, first
// out. At most one worker per processor is active, and mostly fewer: another worker is called only if the queue is
// long, or is not empty after a tick. So a message that leads to the next hardly ever wakes another thread.
//
// A worker whose task waits for something is held up, and does not count as active. The worker of a task that has not
// proven quick counts as held up from the start, and another worker is called at once for the next due tasks. If a
// quick task waits after all, the monitor notices within a tick or two. So the number of workers has no upper bound,
// and an actor that waits delays nobody. Surplus workers end after an idle time.
//
// A worker that finds nothing to do waits for the events of an [EventSource], unless another one does: the goroutine
// that the kernel wakes then handles what has arrived, without another switch.
//
// The package knows nothing of actors, messages and sockets.
package dispatch
