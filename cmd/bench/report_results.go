package main

import "fmt"

// measure is what a figure counts, with its unit, and how many digits it deserves behind the point. Of a
// measure without any the whole numbers are grouped.
type measure struct {
	name   string
	digits int
}

// row is one line of the report: a measure under a load.
type row struct {
	measure measure
	load    string
}

// cell is a row's figure of one server.
type cell struct {
	row
	server string
}

// results hold every figure of every round.
type results struct {
	servers []string // in the order of the report; the first is compared with the others
	rows    []row
	figures map[cell][]float64 // one for each round
}

// newResults returns results of these servers, without rows.
func newResults(servers []string) *results {
	return &results{servers: servers, figures: map[cell][]float64{}}
}

// addRows appends a row for each measure under each load, measure by measure.
func (r *results) addRows(measures []measure, loads ...string) {
	for _, m := range measures {
		for _, load := range loads {
			r.rows = append(r.rows, row{m, load})
		}
	}
}

// add appends the figure of one more round. A measure without a row is kept, and not shown.
func (r *results) add(m measure, load, server string, value float64) {
	c := cell{row{m, load}, server}
	r.figures[c] = append(r.figures[c], value)
}

// rounds returns the figures of a server in a row, round by round.
func (r *results) rounds(of row, server string) []float64 { return r.figures[cell{of, server}] }

// median returns the median of the rounds.
func (r *results) median(of row, server string) float64 { return median(r.rounds(of, server)) }

// ratio compares two servers, round by round.
func (r *results) ratio(of row, a, b string) ratio {
	return compareRounds(r.rounds(of, a), r.rounds(of, b))
}

// rowsOf returns the rows of one measure.
func (r *results) rowsOf(m measure) []row {
	var rows []row
	for _, row := range r.rows {
		if row.measure == m {
			rows = append(rows, row)
		}
	}
	return rows
}

// medianRounds says what the figures of a table are that has medians of so many rounds.
func medianRounds(rounds int) string {
	if rounds == 1 {
		return "Figures are of a single round."
	}
	return fmt.Sprintf("Figures are medians of %d rounds; the range of the rounds is in brackets.", rounds)
}
