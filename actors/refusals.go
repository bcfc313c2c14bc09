package actors

import (
	"sync/atomic"
	"time"
)

// Refusals are requests that are answered 503 at once. That costs the server so little, and the client nothing, that
// clients which ask again at once can take all processors, and a handler that has waited for a timer then gets none.
type refusals struct {
	since  atomic.Int64 // the instant at which the window began
	number atomic.Int64 // in this window
}

const (
	refusalWindow = 100 * time.Millisecond
	freeRefusals  = 500 // in a window, that cost next to nothing

	// refusalPause is how long a client waits for its 503 that was refused on the same connection before, and has
	// not waited as long as that answer said (Retry-After, RFC 9110 §10.2.3). Others never wait for one.
	refusalPause = 100 * time.Millisecond
)

// add counts one more, and reports whether there are too many.
func (r *refusals) add(now instant) (many bool) {
	if since := r.since.Load(); now-since >= int64(refusalWindow) && r.since.CompareAndSwap(since, now) {
		r.number.Store(0)
	}
	return r.number.Add(1) > freeRefusals
}
