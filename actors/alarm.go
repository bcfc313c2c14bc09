package actors

import "time"

// An alarm tells a connection that a deadline has passed. Moving the deadline later is free: the timer stays as it
// is, fires too early, and is then set again. So a busy connection touches its timer every few seconds, not several
// times per request.
type alarm struct {
	fire  func() // sends DeadlinePassed
	timer *time.Timer
	set   instant // when the timer fires; 0 if it does not
	at    instant // the deadline; 0 if there is none
	flush instant // when held-back responses must leave; 0 if none are
}

// deadline sets the deadline to d after now; d below zero means none.
func (a *alarm) deadline(now instant, d time.Duration) {
	a.at = 0
	if d >= 0 {
		a.at = after(now, d)
		a.arm(now, a.at)
	}
}

// rest ends the deadline. It also drops the timer if nothing is held back, because the connection may rest for long.
func (a *alarm) rest() {
	a.at = 0
	if a.flush == 0 && a.timer != nil {
		a.timer.Stop()
		a.timer, a.set = nil, 0
	}
}

// flushAfter makes held-back responses leave after d, unless a time is already set for them.
func (a *alarm) flushAfter(now instant, d time.Duration) {
	if a.flush == 0 {
		a.flush = after(now, d)
		a.arm(now, a.flush)
	}
}

// due says, when the timer has fired, which deadlines have passed, and sets it again for the next.
func (a *alarm) due(now instant) (deadline, flush bool) {
	a.set = 0
	if deadline = a.at != 0 && now >= a.at; deadline {
		a.at = 0
	}
	if flush = a.flush != 0 && now >= a.flush; flush {
		a.flush = 0
	}
	for _, next := range [...]instant{a.at, a.flush} {
		if next != 0 {
			a.arm(now, next)
		}
	}
	return deadline, flush
}

// lost sets the timer again after a crash, in which its message may have been lost. Held-back responses are due now;
// a deadline stays.
func (a *alarm) lost(now instant) {
	a.set = 0
	if a.at != 0 {
		a.arm(now, a.at)
	}
	if a.flush != 0 {
		a.flush = 0
		a.flushAfter(now, 0)
	}
}

func (a *alarm) arm(now, at instant) {
	if a.set != 0 && at >= a.set {
		return
	}
	a.set = at
	if a.timer == nil {
		a.timer = time.AfterFunc(between(now, at), a.fire)
		return
	}
	a.timer.Reset(between(now, at))
}

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}
