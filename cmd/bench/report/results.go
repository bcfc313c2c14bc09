// Package report collects figures, and writes them as tables in Markdown.
package report

import (
	"fmt"

	"github.com/troupe-go/troupe/cmd/bench/internal/stats"
)

// Measure is what a figure counts, with its unit, and its number of digits after the point. Figures without such
// digits are grouped.
type Measure struct {
	Name   string // as the report has it
	Digits int    // after the point
}

// Row is one line of the report: a measure under a load.
type Row struct {
	Measure Measure // what is measured
	Load    string  // under which load
}

// cell is a row's figure of one server.
type cell struct {
	Row
	server string
}

// Results hold every figure of every round.
type Results struct {
	Servers []string           // in the order of the report; the first is compared with the others
	Rows    []Row              // in the order of the report
	figures map[cell][]float64 // one for each round
}

// New returns empty results of these servers.
func New(servers []string) *Results {
	return &Results{Servers: servers, figures: map[cell][]float64{}}
}

// AddRows appends a row for each measure under each load, measure by measure.
func (r *Results) AddRows(measures []Measure, loads ...string) {
	for _, m := range measures {
		for _, load := range loads {
			r.Rows = append(r.Rows, Row{m, load})
		}
	}
}

// Add appends the figure of another round. A measure without a row is kept, but not shown.
func (r *Results) Add(m Measure, load, server string, value float64) {
	c := cell{Row{m, load}, server}
	r.figures[c] = append(r.figures[c], value)
}

// Rounds returns the figures of a server in a row, round by round.
func (r *Results) Rounds(of Row, server string) []float64 { return r.figures[cell{of, server}] }

// Median returns the median of the rounds.
func (r *Results) Median(of Row, server string) float64 { return stats.Median(r.Rounds(of, server)) }

// Ratio compares two servers, round by round.
func (r *Results) Ratio(of Row, a, b string) stats.Ratio {
	return stats.Compare(r.Rounds(of, a), r.Rounds(of, b))
}

// RowsOf returns the rows of one measure.
func (r *Results) RowsOf(m Measure) []Row {
	var rows []Row
	for _, row := range r.Rows {
		if row.Measure == m {
			rows = append(rows, row)
		}
	}
	return rows
}

// MedianRounds describes the figures of a table that has medians of that many rounds.
func MedianRounds(rounds int) string {
	if rounds == 1 {
		return "Figures are of a single round."
	}
	return fmt.Sprintf("Figures are medians of %d rounds; the range of the rounds is in brackets.", rounds)
}
