package actors

import (
	"bytes"
	"runtime"

	"github.com/asynkron/protoactor-go/actor"
)

// What the workers of a dispatcher are at, for whoever wants to know why something does not end.

// running are the mailboxes that are being run at the moment.
func (d *Dispatcher) running() (mailboxes []*mailbox) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.busy {
		if w.at != nil {
			mailboxes = append(mailboxes, w.at)
		}
	}
	return mailboxes
}

// isRunning reports whether the goroutine with that id runs the actor.
func (d *Dispatcher) isRunning(who *actor.PID, goroutine string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.busy {
		if w.id == goroutine {
			return w.at != nil && w.at.self.Equal(who)
		}
	}
	return false
}

// stackOf is the stack of the worker that runs the mailbox; nil if none does, or if there are so many
// goroutines that it would cost too much: the world stops for as long as it takes to write all stacks down.
func (d *Dispatcher) stackOf(m *mailbox) []byte {
	if runtime.NumGoroutine() > maxGoroutines {
		return nil
	}
	d.mu.Lock()
	id := ""
	for _, w := range d.busy {
		if w.at == m {
			id = w.id
		}
	}
	d.mu.Unlock()
	if id == "" {
		return nil
	}
	stacks := make([]byte, maxGoroutines*octetsOfStack)
	return theActorsOwn(stackOfGoroutine(stacks[:runtime.Stack(stacks, true)], id))
}

const (
	maxGoroutines = 1000    // whose stacks are written down
	octetsOfStack = 2 << 10 // of one, as a rule
)

// stackOfGoroutine finds the goroutine with that id among the stacks of all.
func stackOfGoroutine(stacks []byte, id string) []byte {
	for stack := range bytes.SplitSeq(stacks, []byte("\n\n")) {
		if bytes.HasPrefix(stack, []byte(id+" ")) {
			return stack
		}
	}
	return nil
}

// goroutineID is how a stack names the goroutine that calls it: "goroutine 7".
func goroutineID() string {
	var line [64]byte
	name, _, _ := bytes.Cut(line[:runtime.Stack(line[:], false)], []byte(" ["))
	return string(name)
}
