package dispatch

import (
	"bytes"
	"runtime"
)

// What the workers are at, for those who want to know why something does not end.

// Due is how many tasks wait for a worker.
func (d *Dispatcher) Due() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.queue.length
}

// Running are the tasks that are being run at the moment.
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

// Current is the task that the goroutine of the caller runs; nil if it is no worker's.
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

// Stack is the stack of the worker that runs the task; nil if none does, or if there are so many
// goroutines that it would cost too much: the world stops for as long as it takes to write all stacks down.
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
	maxGoroutines = 1000    // whose stacks are written down
	octetsOfStack = 2 << 10 // of one, as a rule
)

// goroutineOf is the id of the goroutine that runs the task; "" if none does.
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

// goroutineID is how a stack names the goroutine that calls it: "goroutine 7".
func goroutineID() string {
	var line [64]byte
	name, _, _ := bytes.Cut(line[:runtime.Stack(line[:], false)], []byte(" ["))
	return string(name)
}
