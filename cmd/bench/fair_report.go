package main

import (
	"errors"
	"fmt"
	"time"
)

var (
	politeShare = measure{"polite answered 200, %", 1}
	polite50    = measure{"polite answered 200, p50, ms", 1}
	polite99    = measure{"polite answered 200, p99, ms", 1}
	greedyRate  = measure{"greedy answered 200, requests/s", 0}
	greedyShed  = measure{"greedy answered 503, requests/s", 0}
	longestWait = measure{"longest until a 200, ms", 1}
	askedRate   = measure{"asked, requests/s", 0}
)

// What Troupe has to do for those who ask politely, and for all.
const (
	leastPolite = 99.0 // percent
	leastKept   = 0.8  // of the goodput

	// fairWait is how long a request may have to wait by default (MaxQueueWait).
	fairWait = 5 * time.Second

	// waitSlack is what may be added to the wait that was promised: the work, and the generator, which
	// is on the same processors.
	waitSlack = time.Second
)

func crowdLoad(greedy int) string {
	return fmt.Sprintf("%d polite clients, %s greedy connections", politeClients, grouped(greedy))
}

func retryLoad(clients int) string { return grouped(clients) + " clients that ask again at once" }

func newFairResults(greedy int) *results {
	r := newResults(fairRivals())
	r.addRows([]measure{politeShare, polite50, polite99, longestWait, greedyRate, greedyShed}, crowdLoad(greedy))
	r.addRows([]measure{askedRate, goodput, goodputKept}, retryLoad(capacityVisitors), retryLoad(retrying))
	return r
}

// addCrowd adds one round. Times of what did not happen are no figures.
func addCrowd(r *results, server string, connections int, polite, greedy tally, lasting time.Duration) {
	add := func(m measure, value float64) { r.add(m, crowdLoad(connections), server, value) }
	add(politeShare, share(len(polite.served), polite.offered))
	if len(polite.served) > 0 {
		add(polite50, percentile(polite.served, 50))
		add(polite99, percentile(polite.served, 99))
	}
	add(greedyRate, float64(len(greedy.served))/lasting.Seconds())
	add(greedyShed, float64(len(greedy.shed))/lasting.Seconds())
	add(longestWait, max(percentile(polite.served, 100), percentile(greedy.served, 100)))
}

// addRetries adds one round of few clients, which ask for what the server can do, and of many.
func addRetries(r *results, server string, few, many tally, lasting time.Duration) {
	for clients, seen := range map[int]tally{capacityVisitors: few, retrying: many} {
		r.add(askedRate, retryLoad(clients), server, float64(seen.offered)/lasting.Seconds())
		r.add(goodput, retryLoad(clients), server, float64(len(seen.served))/lasting.Seconds())
	}
	if len(few.served) > 0 {
		r.add(goodputKept, retryLoad(retrying), server, float64(len(many.served))/float64(len(few.served)))
	}
}

// wasFair fails if Troupe let the polite pay for the greedy, or waits be longer than it promised.
func wasFair(r *results) error {
	var errs []error
	for _, row := range r.rows {
		got := r.median(row, troupe)
		switch {
		case len(r.rounds(row, troupe)) == 0:
		case row.measure == politeShare && got < leastPolite:
			errs = append(errs, fmt.Errorf("%.1f %% of the polite requests were served, and %.0f have to be", got, leastPolite))
		case row.measure == longestWait && got > float64((fairWait+waitSlack).Milliseconds()):
			errs = append(errs, fmt.Errorf("a 200 took %.0f ms, and nobody may have to wait longer than %s", got, fairWait))
		case row.measure == goodputKept && got < leastKept:
			errs = append(errs, fmt.Errorf("the goodput under %s is %.2f of what it was, and has to be %.1f", row.load, got, leastKept))
		}
	}
	return errors.Join(errs...)
}
