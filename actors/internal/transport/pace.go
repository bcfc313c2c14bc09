package transport

import "time"

// A pace is how fast a client takes octets while writes wait for it. Its window is as long as the write timeout, and
// outlives a write: many small writes are judged like one large write.
type pace struct {
	waited time.Duration // time in this window that writes waited for the client
	taken  int64         // octets that it took in this window
	silent time.Duration // waiting time since the client last took anything
	at     time.Time     // when the last wait ended
}

// left is how long a write may wait before the pace must be judged.
func (p *pace) left(timeout time.Duration) time.Duration { return timeout - max(p.waited, p.silent) }

// resume begins another wait. Octets that the client took since the last one count if the window is the same. Time
// without waiting is deducted, so that small writes now and then are not a slow download.
func (p *pace) resume(now time.Time, taken int64) {
	between := now.Sub(p.at)
	p.waited, p.silent = max(p.waited-between, 0), max(p.silent-between, 0)
	if p.taken += taken; p.waited == 0 {
		p.taken = 0
	}
	if taken > 0 {
		p.silent = 0
	}
}

// wait notes that a write has waited until now, and how many octets the client took meanwhile. It returns false if
// the client is too slow: it took nothing for the timeout, or less than rate octets per second in a window. A rate of
// 0 or below means no minimum.
func (p *pace) wait(now time.Time, waited time.Duration, taken int64, timeout time.Duration, rate int) bool {
	p.at = now
	p.waited += waited
	p.taken += taken
	p.silent += waited
	if taken > 0 {
		p.silent = 0
	}
	if p.silent >= timeout {
		return false
	}
	if p.waited < timeout {
		return true
	}
	enough := float64(p.taken) >= float64(rate)*p.waited.Seconds()
	p.waited, p.taken = 0, 0
	return enough
}
