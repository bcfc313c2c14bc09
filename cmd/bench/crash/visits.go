package crash

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/load"
)

const (
	crashesPerRoute = 8 // the server gives a route 10 before it pauses
	ordinaryVisits  = 2000

	// mostUnanswered is how many requests of a kind may stay unanswered before the rest is not tried.
	mostUnanswered = 3
)

// ordinary measures ordinary requests, for comparison.
func ordinary(ctx context.Context, addr string) latencies {
	l := latencies{what: "an ordinary request", since: "it was sent", want: 200}
	l.visit(ctx, addr, ordinaryVisits, func(int) string { return "/ordinary" })
	return l
}

// crashes measures the requests that a handler panics on, each route in turn.
func crashes(ctx context.Context, addr string, routes int) latencies {
	l := latencies{what: "a request that the handler panics on", since: "it was sent", want: 500}
	l.visit(ctx, addr, crashesPerRoute*routes, func(n int) string { return fmt.Sprintf("/panic/%d", n%routes) })
	return l
}

// visit makes requests one after another over one connection.
func (l *latencies) visit(ctx context.Context, addr string, requests int, path func(n int) string) {
	v := &load.Visitor{Addr: addr}
	defer v.Close()
	for n := 0; n < requests && l.unanswered < mostUnanswered && ctx.Err() == nil; n++ {
		start := time.Now()
		l.add(get(ctx, v, path(n)), start)
	}
}

// queued measures requests that wait for a handler when it stops.
func queued(ctx context.Context, addr string, routes int) latencies {
	l := latencies{what: "a request queued behind a handler that stops", since: "the stop", want: 503}
	l.eachRoute(ctx, addr, "/stop/%d", routes, func(first, others func()) {
		var visits sync.WaitGroup
		visits.Go(first)
		time.Sleep(site.StopDelay / 3) // the handler works on the first now
		others()
		visits.Wait()
	})
	return l
}

// kept measures requests that a handler has taken, to answer them later, when it crashes.
func kept(ctx context.Context, addr string, routes int) latencies {
	l := latencies{what: "a request kept by a handler that crashes", since: "the crash", want: 500}
	l.eachRoute(ctx, addr, "/keep/%d", routes, func(last, others func()) {
		var visits sync.WaitGroup
		visits.Go(others)
		time.Sleep(site.StopDelay / 3) // the handler has the others now
		last()
		visits.Wait()
	})
	return l
}

// eachRoute tries routes in turn. On each, one visitor makes the handler fail, and the replies to the bystanders are
// measured; order says which of them goes first.
func (l *latencies) eachRoute(ctx context.Context, addr, path string, routes int, order func(one, others func())) {
	for i := 0; i < routes && l.unanswered < mostUnanswered && ctx.Err() == nil; i++ {
		path := fmt.Sprintf(path, i)
		v := &load.Visitor{Addr: addr}
		var replies []load.Reply
		order(func() { get(ctx, v, path) }, func() { replies = bystand(ctx, addr, path) })
		moment, _ := strconv.ParseInt(get(ctx, v, fmt.Sprintf("/moment/%d", i)).Body, 10, 64)
		v.Close()
		for _, r := range replies {
			l.add(r, time.Unix(0, moment)) // without a moment the reply would take decades, which shows
		}
	}
}

// bystand requests a path from as many connections as there are bystanders.
func bystand(ctx context.Context, addr, path string) []load.Reply {
	replies := make([]load.Reply, site.Bystanders)
	var visits sync.WaitGroup
	for n := range replies {
		visits.Go(func() {
			v := &load.Visitor{Addr: addr}
			defer v.Close()
			replies[n] = get(ctx, v, path)
		})
	}
	visits.Wait()
	return replies
}

// get returns the reply, or the zero reply if there is none.
func get(ctx context.Context, v *load.Visitor, path string) load.Reply {
	r, _ := v.Ask(ctx, load.Get(path), time.Now().Add(patience))
	return r
}
