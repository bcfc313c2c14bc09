package nethttp

import (
	"sync"
	"time"
)

// A deadline is for one goroutine that waits. Any other may set it, also meanwhile.
type deadline struct {
	mu    sync.Mutex
	at    time.Time     // zero for none
	moved chan struct{} // it was set anew; nil before somebody waits
}

func (d *deadline) set(at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = at
	if d.moved != nil {
		close(d.moved)
		d.moved = nil
	}
}

// look returns the deadline, and a channel that tells when it is no longer that.
func (d *deadline) look() (at time.Time, moved <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.moved == nil {
		d.moved = make(chan struct{})
	}
	return d.at, d.moved
}
