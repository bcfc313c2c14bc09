package actors

import "time"

// An alarm tells a connection that a deadline has passed. Moving the deadline later is free: the timer stays as it
// is, fires too early, and is then set again. So a busy connection touches its timer every few seconds, not several
// times per request.
type alarm struct {
	fire  func() // sends DeadlinePassed
	timer *time.Timer
	set   time.Time // when the timer fires; zero if it does not
	at    time.Time // the deadline; zero if there is none
	flush time.Time // when held-back responses must leave; zero if none are
}

// deadline sets the deadline to d after now; d below zero means none.
func (a *alarm) deadline(now time.Time, d time.Duration) {
	a.at = time.Time{}
	if d >= 0 {
		a.at = now.Add(d)
		a.arm(now, a.at)
	}
}

// rest ends the deadline. It also drops the timer if nothing is held back, because the connection may rest for long.
func (a *alarm) rest() {
	a.at = time.Time{}
	if a.flush.IsZero() && a.timer != nil {
		a.timer.Stop()
		a.timer, a.set = nil, time.Time{}
	}
}

// flushAfter makes held-back responses leave after d, unless a time is already set for them.
func (a *alarm) flushAfter(now time.Time, d time.Duration) {
	if a.flush.IsZero() {
		a.flush = now.Add(d)
		a.arm(now, a.flush)
	}
}

// due says, when the timer has fired, which deadlines have passed, and sets it again for the next.
func (a *alarm) due(now time.Time) (deadline, flush bool) {
	a.set = time.Time{}
	if deadline = !a.at.IsZero() && !now.Before(a.at); deadline {
		a.at = time.Time{}
	}
	if flush = !a.flush.IsZero() && !now.Before(a.flush); flush {
		a.flush = time.Time{}
	}
	for _, next := range []time.Time{a.at, a.flush} {
		if !next.IsZero() {
			a.arm(now, next)
		}
	}
	return deadline, flush
}

// lost sets the timer again after a crash, in which its message may have been lost. Held-back responses are due now;
// a deadline stays.
func (a *alarm) lost(now time.Time) {
	a.set = time.Time{}
	if !a.at.IsZero() {
		a.arm(now, a.at)
	}
	if !a.flush.IsZero() {
		a.flush = time.Time{}
		a.flushAfter(now, 0)
	}
}

func (a *alarm) arm(now, at time.Time) {
	if !a.set.IsZero() && !at.Before(a.set) {
		return
	}
	a.set = at
	if a.timer == nil {
		a.timer = time.AfterFunc(at.Sub(now), a.fire)
		return
	}
	a.timer.Reset(at.Sub(now))
}

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}
