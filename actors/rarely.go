package actors

import (
	"sync/atomic"
	"time"
)

// rarely allows something once in a while.
type rarely struct{ last atomic.Int64 }

func (r *rarely) allow(now instant, pause time.Duration) bool {
	last := r.last.Load()
	return (last == 0 || now-last >= int64(pause)) && r.last.CompareAndSwap(last, now)
}
