package actors

import (
	"slices"
	"sync"
	"testing"
	"time"
)

// An alarmTest runs an alarm as a connection does: when the timer fires, it asks what is due.
type alarmTest struct {
	mu sync.Mutex // a connection gets one message at a time
	alarm
	begun              time.Time
	fired              int
	deadlines, flushes []time.Duration // when they were due, since begun
}

// instantOf is the instant of a time, of a server that has been there since 1970.
func instantOf(t time.Time) instant { return t.UnixNano() }

func newAlarmTest() *alarmTest {
	a := &alarmTest{begun: time.Now()}
	a.fire = func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.fired++
		deadline, flush := a.due(instantOf(time.Now()))
		if deadline {
			a.deadlines = append(a.deadlines, time.Since(a.begun))
		}
		if flush {
			a.flushes = append(a.flushes, time.Since(a.begun))
		}
	}
	return a
}

func (a *alarmTest) deadline(now instant, d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.alarm.deadline(now, d)
}

func (a *alarmTest) flushAfter(now instant, d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.alarm.flushAfter(now, d)
}

func (a *alarmTest) rest() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.alarm.rest()
}

func (a *alarmTest) want(t *testing.T, why string, deadlines, flushes []time.Duration) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if !slices.Equal(a.deadlines, deadlines) || !slices.Equal(a.flushes, flushes) {
		t.Errorf("%s: want deadlines %v and flushes %v, got %v and %v", why, deadlines, flushes, a.deadlines, a.flushes)
	}
}

func TestAlarm(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name               string
		set                func(k *kit, a *alarmTest)
		deadlines, flushes []time.Duration
		fired              int
	}{
		{"a deadline passes once", func(_ *kit, a *alarmTest) { a.deadline(instantOf(time.Now()), 5*s) }, []time.Duration{5 * s}, nil, 1},
		{"none below zero", func(_ *kit, a *alarmTest) {
			a.deadline(instantOf(time.Now()), 5*s)
			a.deadline(instantOf(time.Now()), -1)
		}, nil, nil, 1},
		{"zero is at once", func(_ *kit, a *alarmTest) { a.deadline(instantOf(time.Now()), 0) }, []time.Duration{0}, nil, 1},
		{"moved later: the timer is left alone and set again when it fires", func(k *kit, a *alarmTest) {
			for range 4 {
				a.deadline(instantOf(time.Now()), 5*s)
				k.wait(s)
			}
		}, []time.Duration{8 * s}, nil, 2},
		{"moved nearer", func(k *kit, a *alarmTest) {
			a.deadline(instantOf(time.Now()), 30*s)
			k.wait(s)
			a.deadline(instantOf(time.Now()), 5*s)
		}, []time.Duration{6 * s}, nil, 1},
		{"moved nearer, then later again", func(k *kit, a *alarmTest) {
			a.deadline(instantOf(time.Now()), 30*s)
			a.deadline(instantOf(time.Now()), 5*s)
			a.deadline(instantOf(time.Now()), 10*s)
		}, []time.Duration{10 * s}, nil, 2},
		{"one after the other", func(k *kit, a *alarmTest) {
			a.deadline(instantOf(time.Now()), s)
			k.wait(2 * s)
			a.deadline(instantOf(time.Now()), s)
		}, []time.Duration{s, 3 * s}, nil, 2},
		{"a flush before the deadline", func(_ *kit, a *alarmTest) {
			a.deadline(instantOf(time.Now()), 5*s)
			a.flushAfter(instantOf(time.Now()), s)
		}, []time.Duration{5 * s}, []time.Duration{s}, 2},
		{"a flush behind the deadline", func(_ *kit, a *alarmTest) {
			a.flushAfter(instantOf(time.Now()), 5*s)
			a.deadline(instantOf(time.Now()), s)
		}, []time.Duration{s}, []time.Duration{5 * s}, 2},
		{"both at once", func(_ *kit, a *alarmTest) {
			a.flushAfter(instantOf(time.Now()), s)
			a.deadline(instantOf(time.Now()), s)
		}, []time.Duration{s}, []time.Duration{s}, 1},
		{"a flush has its time already", func(k *kit, a *alarmTest) {
			a.flushAfter(instantOf(time.Now()), 2*s)
			k.wait(s)
			a.flushAfter(instantOf(time.Now()), 2*s)
		}, nil, []time.Duration{2 * s}, 1},
		{"at rest", func(_ *kit, a *alarmTest) { a.deadline(instantOf(time.Now()), s); a.rest() }, nil, nil, 0},
		{"at rest before it was ever set", func(_ *kit, a *alarmTest) { a.rest() }, nil, nil, 0},
		{"at rest, and again", func(_ *kit, a *alarmTest) {
			a.deadline(instantOf(time.Now()), s)
			a.rest()
			a.deadline(instantOf(time.Now()), 2*s)
		}, []time.Duration{2 * s}, nil, 1},
		{"a flush does not rest", func(_ *kit, a *alarmTest) { a.flushAfter(instantOf(time.Now()), s); a.rest() }, nil, []time.Duration{s}, 1},
		{"stopped", func(_ *kit, a *alarmTest) { a.deadline(instantOf(time.Now()), s); a.stop() }, nil, nil, 0},
		{"stopped before it was ever set", func(_ *kit, a *alarmTest) { a.stop() }, nil, nil, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				a := newAlarmTest()
				test.set(k, a)
				k.wait(time.Minute)
				a.want(t, test.name, test.deadlines, test.flushes)
				if a.fired != test.fired {
					t.Errorf("touching the timer is what costs: want it to fire %d times, got %d", test.fired, a.fired)
				}
			})
		})
	}
}

func TestMovingADeadlineCostsNothing(t *testing.T) {
	a := &alarm{fire: func() {}}
	now := instant(1)
	a.deadline(now, time.Hour)
	defer a.stop()
	if got := testing.AllocsPerRun(100, func() { now++; a.deadline(now, time.Hour) }); got > 0 {
		t.Errorf("want no allocation, got %v", got)
	}
}
