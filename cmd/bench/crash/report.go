package crash

import (
	"errors"
	"fmt"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/stats"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/report"
)

// patience is how long a request may wait for an answer.
const patience = 2 * time.Second

// latencies are the times of the answers of one kind.
type latencies struct {
	what, since string
	want        int // the status that each answer must have

	took       []float64 // milliseconds, of answers with that status
	statuses   []int     // of other answers
	unanswered int
}

// add counts a reply that took since then.
func (l *latencies) add(r load.Reply, then time.Time) {
	switch r.Status {
	case 0:
		l.unanswered++
	case l.want:
		// Two clocks may differ by a moment: no answer counts as earlier than its cause.
		l.took = append(l.took, max(0, r.At.Sub(then).Seconds()*1e3))
	default:
		l.statuses = append(l.statuses, r.Status)
	}
}

func tableOf(all []latencies) string {
	lines := [][]string{{"what is answered", "with", "counted from when", "answers", "p50, ms", "p99, ms", "max, ms"}}
	for _, l := range all {
		lines = append(lines, []string{l.what, fmt.Sprint(l.want), l.since, report.Grouped(len(l.took)),
			report.Millis(stats.Percentile(l.took, 50)), report.Millis(stats.Percentile(l.took, 99)), report.Millis(stats.Percentile(l.took, 100))})
	}
	return report.Markdown(lines, 3)
}

// answeredAll fails if any request got a wrong answer.
func answeredAll(all []latencies) error {
	var errs []error
	for _, l := range all {
		if l.unanswered > 0 {
			errs = append(errs, fmt.Errorf("%s: %d were not answered within %s", l.what, l.unanswered, patience))
		}
		if len(l.statuses) > 0 {
			errs = append(errs, fmt.Errorf("%s: %d were not answered %d but, for example, %d",
				l.what, len(l.statuses), l.want, l.statuses[0]))
		}
	}
	return errors.Join(errs...)
}
