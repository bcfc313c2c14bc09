package actors

import (
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/troupe-go/troupe/actors/internal/transport"
)

// A Dispatcher runs mailboxes on goroutines that it keeps, because a new goroutine begins with a
// small stack which the calls down to an actor's Receive outgrow, and copying it costs more than a
// small request does (golang/go#18138).
//
// Mailboxes that are due wait in one queue, first in, first out. As many workers as there are
// processors serve it, so a message that leads to the next hardly ever wakes another thread. A
// worker that is held up by one mailbox, because its actor waits for something, does not count:
// within a tick another takes its place. So there is no upper bound on workers, and an actor that
// waits holds nobody up. Surplus workers end after a while idle.
//
// A worker that finds nothing to do waits for the sockets, if no other does: what then arrives is
// handled by the goroutine that the kernel woke, without a further switch.
type Dispatcher struct {
	mu         sync.Mutex
	queue      runQueue
	busy       []*worker // that run a mailbox
	held       int       // of these, how many the monitor found held up
	parked     []*worker // that wait; the one parked last, whose stack is warm, is at the end
	processors int
	allowed    int // workers that may be active: as many as processors, more while all are held up
	closed     bool

	sockets eventSource // nil without a poller
	polling bool        // a worker waits for the sockets, or hands out what happened to them

	tick     uint64 // how often the monitor has looked
	begun    uint64 // mailboxes run so far
	seen     uint64 // begun when the monitor last looked
	watching bool   // the monitor will look within a tick
	monitor  *time.Timer
	reaper   *time.Timer
}

// An eventSource is something that makes mailboxes due. Only one goroutine at a time calls wait and
// deliver.
type eventSource interface {
	// Wait waits until something has happened; false means that nothing will any more.
	Wait() bool
	// Look reports whether something has happened, without waiting.
	Look() bool
	// Deliver posts the messages about it.
	Deliver()
	// Close ends the waiting.
	Close()
}

// A worker is one goroutine that runs mailboxes.
type worker struct {
	wake  chan struct{}
	id    string   // of its goroutine
	at    *mailbox // that it runs, if it is one of ours
	place int      // in busy, while it is there
	since uint64   // the tick in which it began the current mailbox
	runs  bool     // it has begun to run a mailbox; a worker that was only just called has not
	held  bool     // it has run one mailbox for more than a tick
	idle  bool     // it was parked when the reaper last looked, and since
	polls bool     // it holds polling
}

const (
	// tickTime is how long a mailbox may hold a worker up before another takes its place.
	tickTime = 500 * time.Microsecond
	// surplusAfter is how long a worker stays parked before it is let go.
	surplusAfter = 10 * time.Second
	// pollEvery is how many mailboxes run, at most, before somebody looks for what happened to the
	// sockets, even if there is more to run.
	pollEvery = 64
	// throughput is the number of messages after which a mailbox goes to the end of the queue.
	throughput = 300
)

// NewDispatcher makes a Dispatcher without goroutines; they come on demand.
func NewDispatcher() *Dispatcher {
	processors := runtime.GOMAXPROCS(0)
	return &Dispatcher{processors: processors, allowed: processors}
}

// Throughput is how many messages an actor handles before it yields (see actor.Dispatcher).
func (d *Dispatcher) Throughput() int { return throughput }

// Schedule has a worker run the mailbox soon. It never blocks.
func (d *Dispatcher) Schedule(run func()) { d.schedule(job{run: run}) }

func (d *Dispatcher) schedule(due job) {
	d.mu.Lock()
	d.queue.push(due)
	// One mailbox in the queue is likely what a running one leads to: its worker comes back for it.
	active := len(d.busy) - d.held
	if active < d.processors && d.queue.length > active {
		d.wakeOne()
	} else if !d.watching {
		d.watch()
	}
	d.mu.Unlock()
}

// wakeOne adds a worker: one that is parked, or a new one.
func (d *Dispatcher) wakeOne() {
	if last := len(d.parked) - 1; last >= 0 {
		w := d.parked[last]
		d.parked = d.parked[:last]
		d.enter(w)
		w.wake <- struct{}{} // does not wait: a parked worker's channel is empty
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
	d.busy = d.busy[:last]
}

// work runs one mailbox after the other until the worker is let go.
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
		case runMailbox:
			due.run()
		case lookForEvents:
			if d.sockets.Look() {
				d.sockets.Deliver()
			}
			runtime.Gosched() // an actor that waited for a timer waits for a processor now
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
	runMailbox step = iota
	lookForEvents
	awaitEvents
	awaitWork
	end
)

// next decides what the worker does next, and takes a mailbox from the queue for it to run.
func (d *Dispatcher) next(w *worker) (due job, what step) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.release(w)
	w.at, w.runs = nil, false
	if d.queue.length > 0 && len(d.busy)-d.held <= d.allowed {
		w.since, w.runs = d.tick, true
		d.begun++
		if d.begun%pollEvery == 0 && d.startPolling(w) {
			return job{}, lookForEvents
		}
		due = d.queue.pop()
		w.at = due.mailbox
		return due, runMailbox
	}
	d.leave(w)
	switch {
	case d.startPolling(w):
		return job{}, awaitEvents
	case d.closed:
		return job{}, end
	}
	d.parked = append(d.parked, w)
	if d.reaper == nil {
		d.reaper = time.AfterFunc(surplusAfter, d.reap)
	}
	return job{}, awaitWork
}

func (d *Dispatcher) startPolling(w *worker) bool {
	if d.sockets == nil || d.polling || d.closed {
		return false
	}
	d.polling, w.polls = true, true
	return true
}

// awaitEvents waits for the sockets. As soon as something has happened the worker counts as busy, so
// that it is the first to run what becomes due.
func (d *Dispatcher) awaitEvents(w *worker) {
	happened := d.sockets.Wait()
	d.mu.Lock()
	d.enter(w)
	if !happened {
		d.sockets = nil
	}
	d.mu.Unlock()
	if happened {
		d.sockets.Deliver()
	}
}

// poller is the one that the workers wait for; it is made on first use.
func (d *Dispatcher) poller() (*transport.Poller, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p, ok := d.sockets.(*transport.Poller); ok {
		return p, nil
	}
	p, err := transport.NewPoller()
	if err == nil {
		d.sockets = p
		d.wakeOne()
	}
	return p, err
}

// abandon takes out a worker whose goroutine an actor has ended with runtime.Goexit.
func (d *Dispatcher) abandon(w *worker) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.release(w)
	d.leave(w)
	d.wakeOne()
}

// hold says that the worker that runs the mailbox is about to wait: it need not be found out.
func (d *Dispatcher) hold(m *mailbox) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.busy {
		if w.at == m && !w.held {
			w.held = true
			d.held++
		}
	}
	deaf := d.sockets != nil && !d.polling // what is waited for is most likely to come from there
	if (d.queue.length > 0 || deaf) && len(d.busy)-d.held < d.processors {
		d.wakeOne()
	} else if !d.watching {
		d.watch() // if nobody else waits for the sockets, somebody has to
	}
}

// release counts a worker again that was held up, and lets another wait for the sockets.
func (d *Dispatcher) release(w *worker) {
	if w.held {
		w.held = false
		d.held--
	}
	if w.polls {
		w.polls, d.polling = false, false
		if d.sockets != nil && !d.watching {
			d.watch() // somebody has to wait for the sockets again, whatever holds this worker up next
		}
	}
}

// watch has the monitor look within a tick, because a mailbox was left in the queue, or the sockets
// without anybody who waits for them.
func (d *Dispatcher) watch() {
	d.watching = true
	if d.monitor == nil {
		d.monitor = time.AfterFunc(tickTime, d.look)
		return
	}
	d.monitor.Reset(tickTime)
}

// look is the monitor: it finds the workers that are held up, and replaces them while there is
// something to do. At most it doubles their number: on a busy machine those that it has called need a while to
// begin.
func (d *Dispatcher) look() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.busy {
		if w.runs && !w.held && w.since < d.tick {
			w.held = true
			d.held++
		}
	}
	d.tick++
	d.allowed = d.processors
	if d.begun == d.seen {
		d.allowed += d.queue.length // nothing moved for a tick: all that wait may be like those that hold
	}
	for range min(d.allowed-(len(d.busy)-d.held), d.queue.length, max(len(d.busy), 1)) {
		d.wakeOne()
	}
	deaf := d.sockets != nil && !d.polling && !d.closed
	if deaf && len(d.busy) == d.held {
		d.wakeOne() // nobody else will come to wait for the sockets
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

// Close lets all parked workers go, and the others when they are done. Schedule still works
// afterwards, on workers that end when the queue is empty.
func (d *Dispatcher) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	if d.sockets != nil {
		d.sockets.Close()
	}
	if !d.polling {
		d.sockets = nil // nobody is in it, and nobody goes in any more
	}
	if d.reaper != nil {
		d.reaper.Stop()
	}
	for _, w := range d.parked {
		close(w.wake)
	}
	d.parked = nil
}
