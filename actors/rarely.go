package actors

import (
	"sync/atomic"
	"time"
)

// rarely allows something once in a while.
type rarely struct{ last atomic.Int64 }

func (r *rarely) allow(clock int64, pause time.Duration) bool {
	last := r.last.Load()
	return (last == 0 || clock-last >= int64(pause)) && r.last.CompareAndSwap(last, clock)
}
