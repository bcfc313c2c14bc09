package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/troupe-go/troupe/actors"
)

// A row is a line of the list of routes, column by column, and what stands below it.
type row struct {
	columns []string
	below   []string
}

// longest is how wide each column but the last may become. What is longer has the rest on the next line.
var longest = []int{28, 26, 16, 7, 7}

// printRoutes prints a table.
func printRoutes(w io.Writer, list []actors.RouteInfo) {
	rows := []row{{columns: []string{"PATTERN", "HANDLER", "PLACEMENT", "BODY", "TIMEOUT", ""}}}
	for _, r := range list {
		rows = append(rows, rowOf(r))
	}
	widths := make([]int, len(longest))
	for _, r := range rows {
		for i, width := range widths {
			if n := utf8.RuneCountInString(r.columns[i]); n <= longest[i] {
				widths[i] = max(width, n)
			}
		}
	}
	for _, r := range rows {
		r.print(w, widths)
	}
}

func rowOf(r actors.RouteInfo) row {
	placement, body, timeout := r.Placement, size(max(r.MaxBody, 0)), r.Timeout.String()
	if r.Key != "" {
		placement += " {" + r.Key + "}"
	}
	octets := body.String()
	if r.MaxBody == math.MaxInt64 {
		octets = "any"
	}
	if r.Timeout < 0 {
		timeout = "none"
	}
	of := row{columns: []string{r.Pattern, r.Handler, placement, octets, timeout, traitsOf(r)}}
	for i, text := range of.columns {
		of.columns[i] = shown(text)
	}
	if len(r.Before) > 0 {
		of.below = append(of.below, "before: "+strings.Join(r.Before, ", "))
	}
	if len(r.After) > 0 {
		of.below = append(of.below, "after: "+strings.Join(r.After, ", "))
	}
	return of
}

// traitsOf returns the options of a route that it either has or has not.
func traitsOf(r actors.RouteInfo) string {
	var traits []string
	if r.Vital {
		traits = append(traits, "vital")
	}
	if r.Quiet {
		traits = append(traits, "quiet")
	}
	if r.StreamBody {
		traits = append(traits, "streams")
	}
	return strings.Join(traits, " ")
}

// print prints the row with columns of these widths.
func (r row) print(w io.Writer, widths []int) {
	line, at := "", 0
	for i, text := range r.columns {
		have := utf8.RuneCountInString(line)
		switch room := helpWidth - at - utf8.RuneCountInString(text); {
		case have > at: // an earlier column was too long
			fmt.Fprintln(w, strings.TrimRight(line, " "))
			line, have = "", 0
		case room < 0 && i == len(widths):
			fmt.Fprintln(w, strings.TrimRight(line, " "))
			line, have = "    ", at
		}
		line += strings.Repeat(" ", at-have) + text
		if i < len(widths) {
			at += widths[i] + 2
		}
	}
	fmt.Fprintln(w, strings.TrimRight(line, " "))
	for _, text := range r.below {
		printWrapped(w, "    ", text)
	}
}

// printWrapped prints words on lines that begin alike, within the width of the help.
func printWrapped(w io.Writer, begin, text string) {
	line := begin
	for word := range strings.FieldsSeq(text) {
		if line != begin && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > helpWidth {
			fmt.Fprintln(w, line)
			line = begin + "  "
		} else if line != begin {
			line += " "
		}
		line += word
	}
	fmt.Fprintln(w, line)
}
