package dispatch

import (
	"slices"
	"time"
)

const (
	// tickTime is how long a task may hold up a worker before another worker takes its place.
	tickTime = 500 * time.Microsecond
	// surplusAfter is how long a worker stays parked before it ends.
	surplusAfter = 10 * time.Second
)

// Hold says that the worker that runs the task is about to wait, so that the monitor need not find out.
func (d *Dispatcher) Hold(at *Task) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.busy {
		if w.at == at && !w.held {
			d.holdUp(w)
		}
	}
	deaf := d.events != nil && !d.polled // the task probably waits for one of these events
	d.replace(d.queue.length > 0 || deaf)
}

// holdUp no longer counts a worker, because its task waits, or may wait.
func (d *Dispatcher) holdUp(w *worker) {
	w.held = true
	d.held++
}

// replace calls another worker for one that is held up, if there is something to do. Otherwise the monitor looks
// soon, because somebody must wait for events.
func (d *Dispatcher) replace(needed bool) {
	if needed && len(d.busy)-d.held < d.processors {
		d.wakeOne()
	} else if !d.watching {
		d.watch()
	}
}

// watch makes the monitor look within a tick, because a task is still queued, or nobody waits for events.
func (d *Dispatcher) watch() {
	d.watching = true
	if d.monitor == nil {
		d.monitor = time.AfterFunc(tickTime, d.look)
		return
	}
	d.monitor.Reset(tickTime)
}

// look is the monitor: it finds held-up workers, and replaces them while there is something to do. It at most doubles
// the number of busy workers. Workers that it has called before and that have not begun count too: on a busy machine
// they need a while.
func (d *Dispatcher) look() {
	d.mu.Lock()
	defer d.mu.Unlock()
	called := 0
	for _, w := range d.busy {
		switch {
		case !w.runs:
			called++
		case !w.held && w.since < d.tick:
			d.holdUp(w)
		}
	}
	d.tick++
	d.allowed = d.processors
	if d.begun == d.seen {
		d.allowed += d.queue.length // no task began within a tick: all waiting tasks may be like those that hold their workers up
	}
	for range min(d.allowed-(len(d.busy)-d.held), d.queue.length-called, max(len(d.busy), 1)-called) {
		d.wakeOne()
	}
	deaf := d.events != nil && !d.polled && !d.closed
	if deaf && len(d.busy) == d.held {
		d.wakeOne() // nobody else will wait for events
	}
	d.seen = d.begun
	if d.watching = false; deaf || d.queue.length > 0 {
		d.watch()
	}
}

// reap ends the workers that were not needed since it last looked: those at the bottom of the stack.
func (d *Dispatcher) reap() {
	d.mu.Lock()
	defer d.mu.Unlock()
	surplus := 0
	for ; surplus < len(d.parked) && d.parked[surplus].idle; surplus++ {
		close(d.parked[surplus].wake)
	}
	d.parked = slices.Delete(d.parked, 0, surplus)
	for _, w := range d.parked {
		w.idle = true
	}
	d.reaper = nil
	if len(d.parked) > 0 && !d.closed {
		d.reaper = time.AfterFunc(surplusAfter, d.reap)
	}
}
