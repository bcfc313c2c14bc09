package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Grouped writes n with a space before each group of three digits.
func Grouped(n int) string {
	if n < 0 {
		return "-" + Grouped(-n)
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

// Millis writes milliseconds.
func Millis(value float64) string { return fmt.Sprintf("%.2f", value) }

// Markdown lays lines out as a table whose first line is the head. The first words columns hold words, aligned left;
// the others hold figures, aligned right.
func Markdown(lines [][]string, words int) string {
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
