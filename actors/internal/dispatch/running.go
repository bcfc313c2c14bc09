package dispatch

import (
	"bytes"
	"runtime"
)

// Shows what the workers do, to find out why something does not end.

// Due is how many tasks wait for a worker.
func (d *Dispatcher) Due() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.queue.length
}

// Running returns the tasks that run now.
func (d *Dispatcher) Running() (tasks []*Task) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.busy {
		if w.at != nil {
			tasks = append(tasks, w.at)
		}
	}
	return tasks
}

// Current returns the task that the calling goroutine runs; nil if it is not a worker.
func (d *Dispatcher) Current() *Task {
	id := goroutineID()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.busy {
		if w.id == id {
			return w.at
		}
	}
	return nil
}

// Stack returns the stack of the worker that runs the task; nil if none does, or if there are too many goroutines:
// the world stops while all stacks are written.
func (d *Dispatcher) Stack(of *Task) []byte {
	if runtime.NumGoroutine() > maxGoroutines {
		return nil
	}
	id := d.goroutineOf(of)
	if id == "" {
		return nil
	}
	stacks := make([]byte, maxGoroutines*octetsOfStack)
	return stackOfGoroutine(stacks[:runtime.Stack(stacks, true)], id)
}

const (
	maxGoroutines = 1000    // if there are more, no stacks are written
	octetsOfStack = 2 << 10 // usual size of one stack
)

// goroutineOf returns the id of the goroutine that runs the task; "" if none does.
func (d *Dispatcher) goroutineOf(t *Task) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.busy {
		if w.at == t {
			return w.id
		}
	}
	return ""
}

// stackOfGoroutine finds the goroutine with that id among the stacks of all.
func stackOfGoroutine(stacks []byte, id string) []byte {
	for stack := range bytes.SplitSeq(stacks, []byte("\n\n")) {
		if bytes.HasPrefix(stack, []byte(id+" ")) {
			return stack
		}
	}
	return nil
}

// goroutineID is the name of the calling goroutine in a stack: "goroutine 7".
func goroutineID() string {
	var line [64]byte
	name, _, _ := bytes.Cut(line[:runtime.Stack(line[:], false)], []byte(" ["))
	return string(name)
}
