package dispatch

import (
	"slices"
	"time"
)

const (
	// tickTime is how long a task may hold a worker up before another takes its place.
	tickTime = 500 * time.Microsecond
	// surplusAfter is how long a worker stays parked before it is let go.
	surplusAfter = 10 * time.Second
)

// Hold says that the worker that runs the task is about to wait: the monitor need not find out.
func (d *Dispatcher) Hold(at *Task) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.busy {
		if w.at == at && !w.held {
			d.holdUp(w)
		}
	}
	deaf := d.events != nil && !d.polled // what is waited for is most likely to come from there
	d.replace(d.queue.length > 0 || deaf)
}

// holdUp does not count a worker any more, because its task waits, or may.
func (d *Dispatcher) holdUp(w *worker) {
	w.held = true
	d.held++
}

// replace calls another worker for one that is held up, if there is something to do; else the monitor looks soon: if
// nobody waits for events, somebody has to.
func (d *Dispatcher) replace(needed bool) {
	if needed && len(d.busy)-d.held < d.processors {
		d.wakeOne()
	} else if !d.watching {
		d.watch()
	}
}

// watch has the monitor look within a tick, because a task was left in the queue, or nobody waits for events.
func (d *Dispatcher) watch() {
	d.watching = true
	if d.monitor == nil {
		d.monitor = time.AfterFunc(tickTime, d.look)
		return
	}
	d.monitor.Reset(tickTime)
}

// look is the monitor: it finds the workers that are held up, and replaces them while there is
// something to do. At most it doubles their number, and those count that it has called before and that have not
// begun: on a busy machine they need a while.
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
		d.allowed += d.queue.length // nothing moved for a tick: all that wait may be like those that hold
	}
	for range min(d.allowed-(len(d.busy)-d.held), d.queue.length-called, max(len(d.busy), 1)-called) {
		d.wakeOne()
	}
	deaf := d.events != nil && !d.polled && !d.closed
	if deaf && len(d.busy) == d.held {
		d.wakeOne() // nobody else will come to wait for events
	}
	d.seen = d.begun
	if d.watching = false; deaf || d.queue.length > 0 {
		d.watch()
	}
}

// reap lets those workers go that nobody needed since it last looked: the bottom of the stack.
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
