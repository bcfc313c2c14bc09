// Package dispatch runs the mailboxes of actors on goroutines that it keeps. A new goroutine begins with a small
// stack, which the calls down to an actor's Receive outgrow, and copying that costs more than a small request does
// (golang/go#18138).
//
// A mailbox owns a [Task], which is due while the mailbox has messages. Tasks that are due wait in one queue, first in,
// first out. As many workers as there are processors serve it, so a message that leads to the next hardly ever wakes
// another thread. A worker whose task waits for something is held up and does not count: within a tick the monitor lets
// another take its place. So there is no upper bound on workers, and an actor that waits holds nobody up. Surplus
// workers end after a while idle.
//
// A worker that finds nothing to do waits for the events of an [EventSource], if no other does: what then arrives is
// handled by the goroutine that the kernel woke, without a further switch.
//
// The package knows nothing of actors, messages and sockets.
package dispatch
