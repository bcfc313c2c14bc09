package fair

import (
	"errors"
	"fmt"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/goodput"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/stats"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/report"
)

func rivalNames() []string { return []string{roster.Troupe, roster.NetHTTP} }

const (
	politeClients = 8

	// retrying is how many clients ask again at once, whatever the answer was.
	retrying = 1500
)

var (
	politeShare = report.Measure{Name: "polite answered 200, %", Digits: 1}
	polite50    = report.Measure{Name: "polite answered 200, p50, ms", Digits: 1}
	polite99    = report.Measure{Name: "polite answered 200, p99, ms", Digits: 1}
	greedyRate  = report.Measure{Name: "greedy answered 200, requests/s"}
	greedyShed  = report.Measure{Name: "greedy answered 503, requests/s"}
	longestWait = report.Measure{Name: "longest until a 200, ms", Digits: 1}
	askedRate   = report.Measure{Name: "asked, requests/s"}
)

// What Troupe must achieve for polite clients, and for all.
const (
	leastPolite = 99.0 // percent
	leastKept   = 0.8  // of the goodput

	// promisedWait is how long a request may wait by default (MaxQueueWait).
	promisedWait = 5 * time.Second

	// waitSlack is added to the promised wait for the work itself, and for the generator, which runs on the same
	// processors.
	waitSlack = time.Second
)

func crowdLoad(greedy int) string {
	return fmt.Sprintf("%d polite clients, %s greedy connections", politeClients, report.Grouped(greedy))
}

func retryLoad(clients int) string {
	return report.Grouped(clients) + " clients that ask again at once"
}

func newResults(greedy int) *report.Results {
	r := report.New(rivalNames())
	r.AddRows([]report.Measure{politeShare, polite50, polite99, longestWait, greedyRate, greedyShed}, crowdLoad(greedy))
	r.AddRows([]report.Measure{askedRate, goodput.Rate, goodput.Kept}, retryLoad(load.CapacityVisitors), retryLoad(retrying))
	return r
}

// addCrowd adds one round. If nothing of a kind happened, it has no time.
func addCrowd(r *report.Results, server string, connections int, polite, greedy load.Tally, lasting time.Duration) {
	add := func(m report.Measure, value float64) { r.Add(m, crowdLoad(connections), server, value) }
	add(politeShare, stats.Share(len(polite.Served), polite.Offered))
	if len(polite.Served) > 0 {
		add(polite50, stats.Percentile(polite.Served, 50))
		add(polite99, stats.Percentile(polite.Served, 99))
	}
	add(greedyRate, float64(len(greedy.Served))/lasting.Seconds())
	add(greedyShed, float64(len(greedy.Shed))/lasting.Seconds())
	add(longestWait, max(stats.Percentile(polite.Served, 100), stats.Percentile(greedy.Served, 100)))
}

// addRetries adds one round of few clients, which shows the capacity, and of many.
func addRetries(r *report.Results, server string, few, many load.Tally, lasting time.Duration) {
	for clients, seen := range map[int]load.Tally{load.CapacityVisitors: few, retrying: many} {
		r.Add(askedRate, retryLoad(clients), server, float64(seen.Offered)/lasting.Seconds())
		r.Add(goodput.Rate, retryLoad(clients), server, float64(len(seen.Served))/lasting.Seconds())
	}
	if len(few.Served) > 0 {
		r.Add(goodput.Kept, retryLoad(retrying), server, float64(len(many.Served))/float64(len(few.Served)))
	}
}

// wasFair fails if greedy clients harmed polite ones in Troupe, or if waits were longer than promised.
func wasFair(r *report.Results) error {
	var errs []error
	for _, row := range r.Rows {
		got := r.Median(row, roster.Troupe)
		switch {
		case len(r.Rounds(row, roster.Troupe)) == 0:
		case row.Measure == politeShare && got < leastPolite:
			errs = append(errs, fmt.Errorf("%.1f %% of the polite requests were served, and %.0f have to be", got, leastPolite))
		case row.Measure == longestWait && got > float64((promisedWait+waitSlack).Milliseconds()):
			errs = append(errs, fmt.Errorf("a 200 took %.0f ms, and nobody may have to wait longer than %s", got, promisedWait))
		case row.Measure == goodput.Kept && got < leastKept:
			errs = append(errs, fmt.Errorf("the goodput under %s is %.2f of what it was, and has to be %.1f", row.Load, got, leastKept))
		}
	}
	return errors.Join(errs...)
}
