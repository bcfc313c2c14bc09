package actors

import (
	"sync/atomic"
	"time"
)

// refusals count the requests that are answered 503 at once. Such an answer costs the server and the client so little
// that clients which ask again at once can take all processors; a handler that waits for a timer then gets none.
type refusals struct {
	since  atomic.Int64 // the instant when the window began
	number atomic.Int64 // in this window
}

const (
	refusalWindow = 100 * time.Millisecond
	freeRefusals  = 500 // per window, at next to no cost

	// refusalPause delays the 503 for a client that was refused before on the same connection, and did not wait as
	// long as that answer said (Retry-After, RFC 9110 §10.2.3). Other clients are never delayed.
	refusalPause = 100 * time.Millisecond
)

// add counts a refusal, and reports whether there are too many.
func (r *refusals) add(now instant) (many bool) {
	if since := r.since.Load(); now-since >= int64(refusalWindow) && r.since.CompareAndSwap(since, now) {
		r.number.Store(0)
	}
	return r.number.Add(1) > freeRefusals
}
