package main

import (
	"fmt"
	"math"
	"slices"
)

// notMeasured stands for a figure that there is not.
const notMeasured = "–"

// table returns the report in Markdown, padded so that a terminal shows it as well: medians of each
// server, then the first server beside each of the others.
func (r *results) table() string {
	head := r.head()
	for _, other := range r.servers[1:] {
		head = append(head, label(r.servers[0])+" ÷ "+label(other))
	}
	lines := [][]string{head}
	for _, row := range r.rows {
		lines = append(lines, r.line(row))
	}
	return markdown(lines, 2)
}

func (r *results) head() []string {
	head := []string{"measure", "load"}
	for _, name := range r.servers {
		head = append(head, label(name))
	}
	return head
}

func (r *results) line(of row) []string {
	line := []string{of.measure.name, of.load}
	for _, name := range r.servers {
		if len(r.rounds(of, name)) == 0 {
			line = append(line, notMeasured)
			continue
		}
		line = append(line, of.measure.figure(r.median(of, name)))
	}
	for _, other := range r.servers[1:] {
		if len(r.rounds(of, other)) == 0 {
			line = append(line, notMeasured)
			continue
		}
		line = append(line, r.ratio(of, r.servers[0], other).String())
	}
	return line
}

// medians returns a table of the servers beside each other, of the rows that any has figures in. It has
// no ratios: many of these figures can be 0.
func (r *results) medians() string {
	lines := [][]string{r.head()}
	for _, row := range r.rows {
		if !slices.ContainsFunc(r.servers, func(name string) bool { return len(r.rounds(row, name)) > 0 }) {
			continue
		}
		line := []string{row.measure.name, row.load}
		for _, name := range r.servers {
			line = append(line, spread(row.measure, r.rounds(row, name)))
		}
		lines = append(lines, line)
	}
	return markdown(lines, 2)
}

// spread is the median of the rounds, with the least and the greatest where they differ.
func spread(m measure, rounds []float64) string {
	if len(rounds) == 0 {
		return notMeasured
	}
	text := m.figure(median(rounds))
	low, high := m.figure(percentile(rounds, 0)), m.figure(percentile(rounds, 100))
	if low != high {
		text += fmt.Sprintf(" (%s–%s)", low, high)
	}
	return text
}

// figure writes a value with as many digits as its measure deserves.
func (m measure) figure(value float64) string {
	if m.digits > 0 {
		return fmt.Sprintf("%.*f", m.digits, value)
	}
	return grouped(int(math.Round(value)))
}
