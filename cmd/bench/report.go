package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// table is the report in Markdown, padded so that a terminal shows it as well: medians of each
// server, then the first server beside each of the others.
func (r *results) table() string {
	head := []string{"measure", "load"}
	for _, name := range r.peers {
		head = append(head, peerLabel(name))
	}
	for _, other := range r.peers[1:] {
		head = append(head, peerLabel(r.peers[0])+" ÷ "+peerLabel(other))
	}
	lines := [][]string{head}
	for _, row := range r.rows {
		lines = append(lines, r.line(row))
	}
	return markdown(lines, 2)
}

func (r *results) line(of row) []string {
	line := []string{string(of.measure), of.load}
	for _, name := range r.peers {
		if len(r.rounds[cell{of, name}]) == 0 {
			line = append(line, notMeasured)
			continue
		}
		line = append(line, figure(of.measure, r.median(of, name)))
	}
	for _, other := range r.peers[1:] {
		if len(r.rounds[cell{of, other}]) == 0 {
			line = append(line, notMeasured)
			continue
		}
		line = append(line, r.ratio(of, r.peers[0], other).String())
	}
	return line
}

// block is what stands between the markers of the page.
func block(r *results, c circumstances, rounds int) string {
	return c.heading(medians(rounds)) + fmt.Sprintf("![%s](%s)\n\n%s", chartTitle(r), chartName, r.table())
}

func medians(rounds int) string {
	if rounds == 1 {
		return "Figures are of a single round."
	}
	return fmt.Sprintf("Figures are medians of %d rounds; the range of the rounds is in brackets.", rounds)
}

// notMeasured stands for a figure that there is not.
const notMeasured = "–"

// String is the median, and the least and greatest of the rounds where there were several.
func (r ratio) String() string {
	if r.low == r.high {
		return fmt.Sprintf("%.2f", r.median)
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", r.median, r.low, r.high)
}

// figure writes a value with as many digits as its measure deserves.
func figure(m measure, value float64) string {
	switch {
	case m == cpuMicros, m == idleMemKiB, m == idleGoroutines, m == goodputKept, m == crashRate:
		return fmt.Sprintf("%.2f", value)
	case strings.HasSuffix(string(m), ", ms"), strings.HasSuffix(string(m), ", %"):
		return fmt.Sprintf("%.1f", value)
	default:
		return grouped(int(math.Round(value)))
	}
}

// grouped writes n with a space before each three digits.
func grouped(n int) string {
	if n < 0 {
		return "-" + grouped(-n)
	}
	digits := strconv.Itoa(n)
	var b strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(digit)
	}
	return b.String()
}

// markdown lays lines out as a table whose first line is the head; the first words columns hold
// words, aligned left, and the others figures, aligned right.
func markdown(lines [][]string, words int) string {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, text := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	var b strings.Builder
	for n, line := range lines {
		for i, text := range line {
			padding := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))
			if i < words {
				b.WriteString("| " + text + padding + " ")
			} else {
				b.WriteString("| " + padding + text + " ")
			}
		}
		b.WriteString("|\n")
		if n == 0 {
			b.WriteString(rule(widths, words))
		}
	}
	return b.String()
}

// rule is the line below a table's head, which also tells the alignment of the columns.
func rule(widths []int, words int) string {
	var b strings.Builder
	for i, width := range widths {
		if i < words {
			b.WriteString("| " + strings.Repeat("-", width) + " ")
		} else {
			b.WriteString("| " + strings.Repeat("-", width-1) + ": ")
		}
	}
	return b.String() + "|\n"
}
