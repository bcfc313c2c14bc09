// Package goodput has the common parts of experiments that offer requests and count answers.
package goodput

import (
	"fmt"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/report"
)

// The measures that several of these experiments have.
var (
	Rate   = report.Measure{Name: "goodput, requests/s"}
	Kept   = report.Measure{Name: "goodput ÷ goodput at 1×", Digits: 2}
	Unsent = report.Measure{Name: "not offered, %", Digits: 1}
)

// FillingTime is how long load is offered before it counts: every queue begins empty, and until it is full a server
// does not behave as under overload.
const FillingTime = 2 * time.Second

// mostUnsent is how many percent of the requests the generator may leave out, in the median round. With more, the
// load was not the one that the report names.
const mostUnsent = 2

// CheckOffered fails if the generator left too much out.
func CheckOffered(r *report.Results) error {
	for _, row := range r.RowsOf(Unsent) {
		for _, name := range r.Servers {
			if unsent := r.Median(row, name); unsent > mostUnsent {
				return fmt.Errorf("%s, %s: the generator could not offer %.1f %% of the requests, and may leave out %d %%",
					roster.Label(name), row.Load, unsent, mostUnsent)
			}
		}
	}
	return nil
}
