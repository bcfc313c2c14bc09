package dispatch

// An EventSource makes tasks due when something has happened, like a poller of sockets. Only one goroutine at a time
// calls Wait, Look and Deliver.
type EventSource interface {
	// Wait waits until something has happened; it returns false if nothing will happen any more.
	Wait() bool
	// Look reports whether something has happened, without waiting.
	Look() bool
	// Deliver passes the events on to their receivers.
	Deliver()
	// Close ends the waiting.
	Close()
}

// Await makes the workers wait for the events of a source from now on. There may be only one source.
func (d *Dispatcher) Await(source EventSource) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events = source
	d.wakeOne()
}

func (d *Dispatcher) startPolling(w *worker) bool {
	if d.events == nil || d.polled || d.closed {
		return false
	}
	d.polled, w.polls = true, true
	return true
}

// awaitEvents waits for events. When something has happened, the worker counts as busy at once, so that it is the
// first to run what becomes due.
func (d *Dispatcher) awaitEvents(w *worker) {
	happened := d.events.Wait()
	d.mu.Lock()
	d.enter(w)
	if !happened {
		d.events = nil
	}
	d.mu.Unlock()
	if happened {
		d.events.Deliver()
	}
}
