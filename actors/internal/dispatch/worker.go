package dispatch

import (
	"runtime"
	"time"
)

// A worker is one goroutine that runs tasks.
type worker struct {
	wake  chan struct{}
	id    string // of its goroutine
	at    *Task  // the task that it runs
	place int    // its index in busy, while it is there
	since uint64 // the tick in which it began the current task
	runs  bool   // it has begun a task; a worker that was just called has not
	held  bool   // it is held up by its task
	idle  bool   // it has been parked since the reaper last looked
	polls bool   // it holds polling
}

// pollEvery is how many tasks run, at most, before a worker looks for events, even if more tasks are due.
const pollEvery = 64

// wakeOne adds a worker: a parked one, or else a new one.
func (d *Dispatcher) wakeOne() {
	if last := len(d.parked) - 1; last >= 0 {
		w := d.parked[last]
		d.parked = d.parked[:last]
		d.enter(w)
		w.wake <- struct{}{} // does not block: a parked worker's channel is empty
		return
	}
	w := &worker{wake: make(chan struct{}, 1)}
	d.enter(w)
	go d.work(w)
}

func (d *Dispatcher) enter(w *worker) {
	w.place, w.since, w.runs, w.idle = len(d.busy), d.tick, false, false
	d.busy = append(d.busy, w)
}

func (d *Dispatcher) leave(w *worker) {
	last := len(d.busy) - 1
	d.busy[w.place] = d.busy[last]
	d.busy[w.place].place = w.place
	d.busy[last] = nil
	d.busy = d.busy[:last]
}

// work runs one task after another until the worker must end.
func (d *Dispatcher) work(w *worker) {
	id := goroutineID()
	d.mu.Lock()
	w.id = id
	d.mu.Unlock()
	finished := false
	defer func() {
		if !finished {
			d.abandon(w)
		}
	}()
	for {
		switch due, what := d.next(w); what {
		case runTask:
			due.Run()
		case lookForEvents:
			if d.events.Look() {
				d.events.Deliver()
			}
			runtime.Gosched() // an actor whose timer has fired waits for a processor now
		case awaitEvents:
			d.awaitEvents(w)
		case awaitWork:
			_, more := <-w.wake
			finished = !more
		case end:
			finished = true
		}
		if finished {
			return
		}
	}
}

// A step is what a worker does next.
type step uint8

const (
	runTask step = iota
	lookForEvents
	awaitEvents
	awaitWork
	end
)

// next decides what the worker does next, and takes the task that it runs from the queue.
func (d *Dispatcher) next(w *worker) (due *Task, what step) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.release(w)
	w.at, w.runs = nil, false
	if d.queue.length > 0 && len(d.busy)-d.held <= d.allowed {
		w.since, w.runs = d.tick, true
		d.begun++
		if d.begun%pollEvery == 0 && d.startPolling(w) {
			return nil, lookForEvents
		}
		if w.at = d.queue.pop(); !w.at.isQuick() {
			d.holdUp(w)
			d.replace(d.queue.length > 0)
		}
		return w.at, runTask
	}
	d.leave(w)
	switch {
	case d.startPolling(w):
		return nil, awaitEvents
	case d.closed:
		return nil, end
	}
	d.parked = append(d.parked, w)
	if d.reaper == nil {
		d.reaper = time.AfterFunc(surplusAfter, d.reap)
	}
	return nil, awaitWork
}

// release counts a held-up worker again, and lets another one wait for events.
func (d *Dispatcher) release(w *worker) {
	if w.held {
		w.held = false
		d.held--
	}
	if w.polls {
		w.polls, d.polled = false, false
		if d.events != nil && !d.watching {
			d.watch() // somebody must wait for events again: this worker may be held up next
		}
	}
}

// abandon removes a worker whose goroutine a task has ended with runtime.Goexit.
func (d *Dispatcher) abandon(w *worker) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.release(w)
	d.leave(w)
	w.at = nil
	d.wakeOne()
}
