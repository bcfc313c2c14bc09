package main

import (
	"errors"
	"fmt"
	"time"
)

// latencies are how long the answers of one kind took.
type latencies struct {
	what, since string
	want        int // the status that each has to have

	took       []float64 // milliseconds, of those with that status
	statuses   []int     // of the others
	unanswered int
}

// add counts a reply, which took since then.
func (l *latencies) add(r reply, then time.Time) {
	switch r.status {
	case 0:
		l.unanswered++
	case l.want:
		// Two clocks may differ by a moment: nothing is answered before it has happened.
		l.took = append(l.took, max(0, r.at.Sub(then).Seconds()*1e3))
	default:
		l.statuses = append(l.statuses, r.status)
	}
}

func crashTable(all []latencies) string {
	lines := [][]string{{"what is answered", "with", "counted from when", "answers", "p50, ms", "p99, ms", "max, ms"}}
	for _, l := range all {
		lines = append(lines, []string{l.what, fmt.Sprint(l.want), l.since, grouped(len(l.took)),
			millis(percentile(l.took, 50)), millis(percentile(l.took, 99)), millis(percentile(l.took, 100))})
	}
	return markdown(lines, 3)
}

func millis(value float64) string { return fmt.Sprintf("%.2f", value) }

// answeredAll fails if any request was answered otherwise than it has to be.
func answeredAll(all []latencies) error {
	var errs []error
	for _, l := range all {
		if l.unanswered > 0 {
			errs = append(errs, fmt.Errorf("%s: %d were not answered within %s", l.what, l.unanswered, crashPatience))
		}
		if len(l.statuses) > 0 {
			errs = append(errs, fmt.Errorf("%s: %d were not answered %d but, for example, %d",
				l.what, len(l.statuses), l.want, l.statuses[0]))
		}
	}
	return errors.Join(errs...)
}
