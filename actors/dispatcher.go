package actors

import (
	"slices"
	"sync"
	"time"
)

// A Dispatcher runs mailboxes on goroutines that it keeps, because a new goroutine begins with a
// small stack which the calls down to an actor's Receive outgrow, and copying it costs more than a
// small request does (golang/go#18138). The one that was parked last runs next: its stack is warm.
//
// It never blocks and has no upper bound: an actor that waits holds its goroutine and nobody
// else's. Surplus goroutines end after a while idle. It may be shared by any number of actors.
type Dispatcher struct {
	mu     sync.Mutex
	parked []*worker // the one parked last is at the end
	closed bool
	reaper *time.Timer
}

// A worker is one goroutine, waiting for the next mailbox to run.
type worker struct {
	next chan func()
	idle bool // was parked when the reaper last looked, and since
}

const (
	// surplusAfter is how long a goroutine stays parked before it is let go.
	surplusAfter = 10 * time.Second
	// throughput is the number of messages after which a mailbox yields its processor.
	throughput = 300
)

// NewDispatcher makes a Dispatcher without goroutines; they come on demand.
func NewDispatcher() *Dispatcher { return &Dispatcher{} }

// Throughput is how many messages an actor handles before it yields (see actor.Dispatcher).
func (d *Dispatcher) Throughput() int { return throughput }

// Schedule runs the mailbox, soon, on a goroutine of its own. It never blocks.
func (d *Dispatcher) Schedule(run func()) {
	d.mu.Lock()
	last := len(d.parked) - 1
	if last < 0 {
		d.mu.Unlock()
		go d.work(run)
		return
	}
	w := d.parked[last]
	d.parked[last] = nil
	d.parked = d.parked[:last]
	d.mu.Unlock()
	w.next <- run // does not wait: a parked worker's channel is empty
}

// work runs one mailbox after the other until it is let go.
func (d *Dispatcher) work(run func()) {
	w := &worker{next: make(chan func(), 1)}
	for run != nil {
		run()
		if !d.park(w) {
			return
		}
		run = <-w.next
	}
}

func (d *Dispatcher) park(w *worker) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return false
	}
	w.idle = false
	d.parked = append(d.parked, w)
	if d.reaper == nil {
		d.reaper = time.AfterFunc(surplusAfter, d.reap)
	}
	return true
}

// reap lets go those that nobody needed since it last looked: the bottom of the stack.
func (d *Dispatcher) reap() {
	d.mu.Lock()
	defer d.mu.Unlock()
	surplus := 0
	for ; surplus < len(d.parked) && d.parked[surplus].idle; surplus++ {
		close(d.parked[surplus].next)
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

// Close lets all parked goroutines go, and the others when they are done. Schedule still works
// afterwards, on new goroutines.
func (d *Dispatcher) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	if d.reaper != nil {
		d.reaper.Stop()
	}
	for _, w := range d.parked {
		close(w.next)
	}
	d.parked = nil
}
