package dispatch

import (
	"sync"
	"time"
)

// A Dispatcher has workers run tasks. It is an actor.Dispatcher of Proto.Actor's.
type Dispatcher struct {
	mu     sync.Mutex
	queue  runQueue
	closed bool
	crew
	polling
	monitoring
}

// A crew are the workers.
type crew struct {
	busy       []*worker // that run a task
	held       int       // of these, how many are held up
	parked     []*worker // that wait; the one parked last, whose stack is warm, is at the end
	processors int
	allowed    int         // workers that may be active: as many as processors, more while all are held up
	reaper     *time.Timer // lets go of those that nobody needs
}

// A polling is the wait for events.
type polling struct {
	events EventSource // nil if there is none
	polled bool        // a worker waits for events, or delivers them
}

// A monitoring is what the monitor knows, which finds the workers that are held up.
type monitoring struct {
	tick     uint64 // how often the monitor has looked
	begun    uint64 // tasks run so far
	seen     uint64 // begun when the monitor last looked
	watching bool   // the monitor will look within a tick
	monitor  *time.Timer
}

// Throughput is the number of messages after which a mailbox ends its run, and goes to the end of the queue.
const Throughput = 300

// backlog is how many tasks may wait for each active worker before another is called. It works them off in little more
// time than a thread takes to wake up, and to get in the way of others.
const backlog = 256

// New makes a Dispatcher for that many processors. It has no goroutines; they come on demand.
func New(processors int) *Dispatcher {
	return &Dispatcher{crew: crew{processors: processors, allowed: processors}}
}

// Throughput is how many messages an actor handles before it yields (see actor.Dispatcher).
func (d *Dispatcher) Throughput() int { return Throughput }

// Schedule has a worker run a function soon. It never blocks.
func (d *Dispatcher) Schedule(run func()) { d.ScheduleTask(&Task{Run: run}) }

// ScheduleTask has a worker run the task soon. It never blocks.
func (d *Dispatcher) ScheduleTask(due *Task) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queue.push(due)
	// What is in the queue is mostly what a running task leads to: its worker comes back for it.
	active := len(d.busy) - d.held
	if active < d.processors && d.queue.length > active*backlog {
		d.wakeOne()
	} else if !d.watching {
		d.watch()
	}
}

// Close lets all parked workers go, and the others when they are done. Schedule still works
// afterwards, on workers that end when the queue is empty.
func (d *Dispatcher) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	if d.events != nil {
		d.events.Close()
	}
	if !d.polled {
		d.events = nil // nobody is in it, and nobody goes in any more
	}
	if d.reaper != nil {
		d.reaper.Stop()
	}
	for _, w := range d.parked {
		close(w.wake)
	}
	d.parked = nil
}
