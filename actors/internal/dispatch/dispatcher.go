package dispatch

import (
	"sync"
	"time"
)

// A Dispatcher runs tasks on workers. It is an actor.Dispatcher of Proto.Actor.
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
	busy       []*worker // workers that run a task
	held       int       // busy workers that are held up
	parked     []*worker // waiting workers; the one parked last, whose stack is warm, is at the end
	processors int
	allowed    int         // workers that may be active: one per processor, or more while all are held up
	reaper     *time.Timer // ends surplus workers
}

// A polling is the wait for events.
type polling struct {
	events EventSource // nil if there is none
	polled bool        // a worker waits for events, or delivers them
}

// A monitoring is the state of the monitor, which finds the workers that are held up.
type monitoring struct {
	tick     uint64 // number of looks of the monitor
	begun    uint64 // tasks run so far
	seen     uint64 // begun when the monitor last looked
	watching bool   // the monitor will look within a tick
	monitor  *time.Timer
}

// Throughput is the number of messages after which a mailbox ends its run, and goes to the end of the queue.
const Throughput = 300

// backlog is how many tasks may wait for each active worker before another worker is called. Working them off takes
// little longer than waking a thread, which would also disturb others.
const backlog = 256

// New makes a Dispatcher for that many processors. Its goroutines start on demand.
func New(processors int) *Dispatcher {
	return &Dispatcher{crew: crew{processors: processors, allowed: processors}}
}

// Throughput is how many messages an actor handles before it yields (see actor.Dispatcher).
func (d *Dispatcher) Throughput() int { return Throughput }

// Schedule makes a worker run a function soon. It never blocks.
func (d *Dispatcher) Schedule(run func()) { d.ScheduleTask(&Task{Run: run}) }

// ScheduleTask makes a worker run the task soon. It never blocks.
func (d *Dispatcher) ScheduleTask(due *Task) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queue.push(due)
	// A queued task mostly comes from a running task: its worker will return to the queue.
	active := len(d.busy) - d.held
	if active < d.processors && d.queue.length > active*backlog {
		d.wakeOne()
	} else if !d.watching {
		d.watch()
	}
}

// Close ends all parked workers at once, and the others when they are done. Schedule still works afterwards, on
// workers that end when the queue is empty.
func (d *Dispatcher) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	if d.events != nil {
		d.events.Close()
	}
	if !d.polled {
		d.events = nil // nobody waits for it, and nobody will
	}
	if d.reaper != nil {
		d.reaper.Stop()
	}
	for _, w := range d.parked {
		close(w.wake)
	}
	d.parked = nil
}
