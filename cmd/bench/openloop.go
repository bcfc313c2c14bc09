package main

import (
	"context"
	"sync"
	"time"
)

const (
	// tooLate is when a request that should have left is no longer sent: it would say more about
	// the generator than about the server.
	tooLate = 50 * time.Millisecond

	// mostVisitors bounds the connections of a generator.
	mostVisitors = 6000
)

// An openLoop offers requests on a schedule, whether or not the server keeps up, as people do who
// know nothing of each other. Each request goes over a connection that is free, or else over a new
// one.
type openLoop struct {
	addr     string
	request  []byte
	patience time.Duration

	visits sync.WaitGroup
	mu     sync.Mutex
	idle   []*visitor
	open   int // connections, idle or not
	seen   tally
}

// A tally counts what became of the requests of a generator; times are in milliseconds.
type tally struct {
	offered    int // requests that were due, sent or not
	notOffered int // of those: not sent, as the generator was late or out of connections
	served     []float64
	shed       []float64
	failed     int
	abrupt     int // shed without Retry-After
	dropped    int // shed, and the connection was not kept
}

// offer makes requests at a rate, per second, for settling, which is not counted, and lasting.
func (l *openLoop) offer(ctx context.Context, rate float64, settling, lasting time.Duration) tally {
	start := time.Now()
	total := int(rate * (settling + lasting).Seconds())
	for i := 0; i < total && ctx.Err() == nil; i++ {
		due := start.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		pause(time.Until(due))
		l.arrive(ctx, due, due.Sub(start) >= settling)
	}
	l.visits.Wait()
	for _, v := range l.idle {
		v.close()
	}
	return l.seen
}

// arrive sends one request, if it still can.
func (l *openLoop) arrive(ctx context.Context, due time.Time, counts bool) {
	v := l.visitor(time.Since(due) > tooLate, counts)
	if v == nil {
		return
	}
	l.visits.Go(func() {
		a := v.visit(ctx, due)
		l.mu.Lock()
		defer l.mu.Unlock()
		if a.kept {
			l.idle = append(l.idle, v)
		} else {
			l.open--
		}
		if counts {
			l.seen.add(a)
		}
	})
}

// visitor is one that is free, or nil if the request cannot be sent.
func (l *openLoop) visitor(late, counts bool) *visitor {
	l.mu.Lock()
	defer l.mu.Unlock()
	if counts {
		l.seen.offered++
	}
	if n := len(l.idle); n > 0 && !late {
		v := l.idle[n-1]
		l.idle = l.idle[:n-1]
		return v
	}
	if late || l.open == mostVisitors {
		if counts {
			l.seen.notOffered++
		}
		return nil
	}
	l.open++
	return &visitor{addr: l.addr, request: l.request, patience: l.patience}
}

func (t *tally) add(a answer) {
	millis := a.took.Seconds() * 1e3
	switch a.outcome {
	case served:
		t.served = append(t.served, millis)
	case shed:
		t.shed = append(t.shed, millis)
		if !a.retryAfter {
			t.abrupt++
		}
		if !a.kept {
			t.dropped++
		}
	default:
		t.failed++
	}
}

// merge adds what another generator has seen.
func (t *tally) merge(other tally) {
	t.offered += other.offered
	t.notOffered += other.notOffered
	t.served = append(t.served, other.served...)
	t.shed = append(t.shed, other.shed...)
	t.failed += other.failed
	t.abrupt += other.abrupt
	t.dropped += other.dropped
}
