package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/stats"
)

// notMeasured stands for a missing figure.
const notMeasured = "–"

// Table returns the report in Markdown, padded so that a terminal shows it as well: medians of each
// server, then the first server beside each of the others.
func (r *Results) Table() string {
	head := r.head()
	for _, other := range r.Servers[1:] {
		head = append(head, roster.Label(r.Servers[0])+" ÷ "+roster.Label(other))
	}
	lines := [][]string{head}
	for _, row := range r.Rows {
		lines = append(lines, r.line(row))
	}
	return Markdown(lines, 2)
}

func (r *Results) head() []string {
	head := []string{"measure", "load"}
	for _, name := range r.Servers {
		head = append(head, roster.Label(name))
	}
	return head
}

func (r *Results) line(of Row) []string {
	line := []string{of.Measure.Name, of.Load}
	for _, name := range r.Servers {
		if len(r.Rounds(of, name)) == 0 {
			line = append(line, notMeasured)
			continue
		}
		line = append(line, of.Measure.Figure(r.Median(of, name)))
	}
	for _, other := range r.Servers[1:] {
		if len(r.Rounds(of, other)) == 0 {
			line = append(line, notMeasured)
			continue
		}
		line = append(line, r.Ratio(of, r.Servers[0], other).String())
	}
	return line
}

// Medians returns a table of the servers beside each other, of the rows with any figures. It has no ratios, because
// many of these figures can be 0.
func (r *Results) Medians() string {
	lines := [][]string{r.head()}
	for _, row := range r.Rows {
		if !slices.ContainsFunc(r.Servers, func(name string) bool { return len(r.Rounds(row, name)) > 0 }) {
			continue
		}
		line := []string{row.Measure.Name, row.Load}
		for _, name := range r.Servers {
			line = append(line, spread(row.Measure, r.Rounds(row, name)))
		}
		lines = append(lines, line)
	}
	return Markdown(lines, 2)
}

// spread is the median of the rounds, with the range if they differ.
func spread(m Measure, rounds []float64) string {
	if len(rounds) == 0 {
		return notMeasured
	}
	text := m.Figure(stats.Median(rounds))
	low, high := m.Figure(stats.Percentile(rounds, 0)), m.Figure(stats.Percentile(rounds, 100))
	if low != high {
		text += fmt.Sprintf(" (%s–%s)", low, high)
	}
	return text
}

// Figure writes a value with as many digits as its measure deserves.
func (m Measure) Figure(value float64) string {
	if m.Digits > 0 {
		return fmt.Sprintf("%.*f", m.Digits, value)
	}
	return Grouped(int(math.Round(value)))
}
