// Package dispatch runs the mailboxes of actors on goroutines that it keeps. A new goroutine begins with a small
// stack, which the calls down to an actor's Receive outgrow, and copying that costs more than a small request does
// (golang/go#18138).
//
// A mailbox owns a [Task], which is due while the mailbox has messages. Tasks that are due wait in one queue, first in,
// first out. At most as many workers as there are processors are active, and mostly fewer: a message that leads to the
// next hardly ever wakes another thread, because a further worker is called only for a long queue, or when the queue is
// not empty after a tick.
//
// A worker whose task waits for something is held up, and does not count. While a task has not shown itself quick, its
// worker counts as held up from the start, and another is called at once for what is due. A quick task that waits all
// the same is noticed by the monitor, within a tick or two. So there is no upper bound on workers, and an actor that
// waits holds nobody up. Surplus workers end after a while idle.
//
// A worker that finds nothing to do waits for the events of an [EventSource], if no other does: what then arrives is
// handled by the goroutine that the kernel woke, without a further switch.
//
// The package knows nothing of actors, messages and sockets.
package dispatch
