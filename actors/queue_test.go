package actors

import (
	"math"
	"testing"
	"time"
)

// A line is a queue with a clock that the test sets.
type line struct {
	queue
	route route // of its requests
	t     *testing.T
	now   time.Duration
}

func newLine(t *testing.T, limit int, maxWait time.Duration) *line {
	l := &line{t: t, now: time.Hour}
	l.setUp(limit, maxWait)
	return l
}

// add has one more request join.
func (l *line) add() (r *Request, retry time.Duration, joined bool) {
	r = &Request{}
	r.route = &l.route
	if full := l.join(r, &r.progress.routed, func() int64 { return int64(l.now) }); full != nil {
		return r, full.retry, false
	}
	return r, 0, true
}

// fill has so many join.
func (l *line) fill(n int) (all []*Request) {
	l.t.Helper()
	for range n {
		r, _, joined := l.add()
		if !joined {
			l.t.Fatalf("want room for %d, got it for %d", n, len(all))
		}
		all = append(all, r)
	}
	return all
}

// wantFull wants the next one to be refused, and told when to try again.
func (l *line) wantFull(why string, retry time.Duration) {
	l.t.Helper()
	before := l.length()
	if _, got, joined := l.add(); joined || got != retry {
		l.t.Errorf("%s: want it refused for %v, got %v (joined: %v)", why, retry, got, joined)
	}
	if l.length() != before {
		l.t.Errorf("%s: one that is refused does not wait: want %d, got %d", why, before, l.length())
	}
}

func TestAQueueHasALimit(t *testing.T) {
	l := newLine(t, 2, -1)
	l.fill(2)
	l.wantFull("it is full, and nothing is known of how fast it moves", 0)
	l.left.Add(1)
	l.fill(1)
	l.wantFull("there was room for one", 0)
	if n := l.length(); n != 2 {
		t.Errorf("want 2 waiting, got %d", n)
	}
}

// The handler has taken the last request, so nobody waits: the next one is admitted, whatever was measured.
func TestAQueueWhereNobodyWaitsTakesOne(t *testing.T) {
	l := newLine(t, 1, time.Nanosecond)
	l.busySince.Store(1)
	l.now = time.Hour + 1
	l.fill(1)
	l.wantFull("the next would have to wait for an hour", time.Hour)
}

func TestAQueueRefusesWhoeverWouldWaitForTooLong(t *testing.T) {
	l := newLine(t, 100, 250*time.Millisecond)
	l.pace.measure(int64(100*time.Millisecond), int64(l.now))
	l.fill(3) // behind none, 100 ms and 200 ms
	l.wantFull("three times 100 ms is more than 250", 300*time.Millisecond)
	l.maxWait = 300 * time.Millisecond
	l.fill(1)
	l.wantFull("the limit moved", 400*time.Millisecond)
	l.maxWait = -1
	l.fill(96)
	l.wantFull("without a limit to the time only the number counts", 10*time.Second)
}

// A handler that was slow once does not count as slow for ever.
func TestAQueueForgetsAnOldMeasure(t *testing.T) {
	l := newLine(t, 100, 5*time.Second)
	l.pace.measure(int64(6*time.Second), int64(l.now))
	l.fill(1)
	l.wantFull("the next would wait for 6 s", 6*time.Second)
	l.now += time.Hour
	l.fill(3)
}

// While nothing is measured, the time of the current request counts for each waiting request.
func TestAQueueLooksAtTheFirstRequestOfAll(t *testing.T) {
	l := newLine(t, 100, 5*time.Second)
	l.busySince.Store(int64(l.now))
	l.now += 2 * time.Second
	l.fill(3) // behind none, 2 s and 4 s
	l.wantFull("three times 2 s is more than 5", 6*time.Second)
	l.busySince.Store(0)
	l.fill(10)
}

// If many wait and nothing moves, the measurement is useless: the handler is stuck.
func TestAQueueThatIsStuckRefuses(t *testing.T) {
	l := newLine(t, 1000, 5*time.Second)
	l.pace.measure(int64(time.Millisecond), int64(l.now))
	l.busySince.Store(int64(l.now))
	l.now += 6 * time.Second
	l.fill(stuckLength)
	l.wantFull("the handler has been at one for 6 s", 6*time.Second)
	l.busySince.Store(int64(l.now))
	l.fill(1)
	l.left.Add(2)
	l.now += 6 * time.Second
	l.fill(1)
}

func TestAMeasureBelievesWhatGetsFasterSooner(t *testing.T) {
	q := &queue{}
	for _, step := range []struct {
		why        string
		took, want int64
	}{
		{"the first is all that is known", 800, 800},
		{"half of what got faster", 400, 600},
		{"an eighth of what got slower", 1400, 700},
		{"the same changes nothing", 700, 700},
	} {
		if q.pace.measure(step.took, 1); q.pace.took.Load() != step.want {
			t.Errorf("%s: want %d, got %d", step.why, step.want, q.pace.took.Load())
		}
	}
}

// The counters may overflow: 2³² requests are a day's work.
func TestAPositionIsThePlaceInTheLine(t *testing.T) {
	for name, before := range map[string]uint32{"fresh": 0, "about to run over": math.MaxUint32 - 1} {
		t.Run(name, func(t *testing.T) {
			l := newLine(t, 10, -1)
			l.tickets.Store(before)
			l.left.Store(before)
			all := l.fill(4)
			for gone := range 4 {
				if n := l.length(); n != 4-gone {
					t.Errorf("want %d waiting, got %d", 4-gone, n)
				}
				for i, r := range all {
					if want := max(i+1-gone, 1); l.position(&r.progress.routed) != want {
						t.Errorf("after %d went: want number %d at position %d, got %d", gone, i+1, want, l.position(&r.progress.routed))
					}
				}
				l.left.Add(1)
			}
		})
	}
}

// A request leaves the line only once.
func TestARequestLeavesItsQueueOnce(t *testing.T) {
	r, line := &Request{}, newQueues(1)[0]
	line.join(r, &r.progress.routed, func() int64 { return 1 })
	r.leaveLine()
	r.end(ErrHandlerTimeout)
	if n := line.length(); n != 0 {
		t.Errorf("its turn and its end are one departure: want nobody waiting, got %d", n)
	}
	vital := &Request{}
	vital.end(ErrExchangeOver)
	if n := line.length(); n != 0 {
		t.Errorf("one that never joined does not leave: want nobody waiting, got %d", n)
	}
}
