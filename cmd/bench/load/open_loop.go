package load

import (
	"context"
	"sync"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
)

const (
	// tooLate is the delay after which a request is no longer sent: it would say more about the generator than about
	// the server.
	tooLate = 50 * time.Millisecond

	// MostVisitors bounds the connections of a generator.
	MostVisitors = 6000
)

// An OpenLoop offers requests on a schedule, whether or not the server keeps up, like people who know nothing of each
// other. Each request uses a free connection, or else a new one.
type OpenLoop struct {
	Addr     string        // of the server
	Request  []byte        // the request
	Patience time.Duration // for one request

	visits sync.WaitGroup
	mu     sync.Mutex
	idle   []*Visitor
	open   int // connections, idle or not
	seen   Tally
}

// Offer makes requests at a rate per second, for settling, which does not count, and lasting.
func (l *OpenLoop) Offer(ctx context.Context, rate float64, settling, lasting time.Duration) Tally {
	start := time.Now()
	total := int(rate * (settling + lasting).Seconds())
	for i := 0; i < total && ctx.Err() == nil; i++ {
		due := start.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		machine.Pause(time.Until(due))
		l.arrive(ctx, due, due.Sub(start) >= settling)
	}
	l.visits.Wait()
	for _, v := range l.idle {
		v.Close()
	}
	return l.seen
}

// arrive sends one request, if it still can.
func (l *OpenLoop) arrive(ctx context.Context, due time.Time, counts bool) {
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

// visitor returns a free visitor, or nil if the request cannot be sent.
func (l *OpenLoop) visitor(late, counts bool) *Visitor {
	l.mu.Lock()
	defer l.mu.Unlock()
	if counts {
		l.seen.Offered++
	}
	if n := len(l.idle); n > 0 && !late {
		v := l.idle[n-1]
		l.idle = l.idle[:n-1]
		return v
	}
	if late || l.open == MostVisitors {
		if counts {
			l.seen.NotOffered++
		}
		return nil
	}
	l.open++
	return &Visitor{Addr: l.Addr, request: l.Request, patience: l.Patience}
}
