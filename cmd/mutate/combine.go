package main

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
)

// Compiling and linking takes longer than most tests. So one binary has as many mutants as it can hold, and MUTANT
// selects one. Each stands beside the original:
//
//	if mutant == 7 { mutated } else { original }
//	(mutant == 7 && (mutated) || mutant != 7 && (original))
//	mutantOr(mutant == 7, mutated, original)

const switchboard = `package %s

import (
	"os"
	"strconv"
)

var mutant, _ = strconv.Atoi(os.Getenv("MUTANT"))

func mutantOr[T any](on bool, mutated, original T) T {
	if on {
		return mutated
	}
	return original
}
`

// A mixture is the source of a file with its mutants, and where each mutant begins and ends in it.
type mixture struct {
	source []byte
	spans  map[int][2]int // keyed by the number of the mutant
}

// mix puts the mutants into the source, beside the original. The mutants of a file are nested or apart.
func mix(source []byte, mutants map[int]*mutant) mixture {
	order := make([]int, 0, len(mutants))
	for number := range mutants {
		order = append(order, number)
	}
	slices.SortFunc(order, func(a, b int) int {
		if m, n := mutants[a], mutants[b]; m.from != n.from {
			return m.from - n.from
		} else if m.to != n.to {
			return n.to - m.to // the outer one first
		}
		return a - b
	})
	mixed := mixture{spans: make(map[int][2]int, len(mutants))}
	var open []int
	at := 0
	closeUpTo := func(end int) {
		for len(open) > 0 && mutants[open[len(open)-1]].to <= end {
			number := open[len(open)-1]
			m := mutants[number]
			mixed.source = append(mixed.source, source[at:m.to]...)
			at = m.to
			mixed.source = append(mixed.source, closings[m.fits]...)
			mixed.spans[number] = [2]int{mixed.spans[number][0], len(mixed.source)}
			open = open[:len(open)-1]
		}
	}
	for _, number := range order {
		m := mutants[number]
		closeUpTo(m.from)
		mixed.source = append(mixed.source, source[at:m.from]...)
		at = m.from
		mixed.spans[number] = [2]int{len(mixed.source)}
		mixed.source = fmt.Appendf(mixed.source, openings[m.fits], number, m.by, number)
		open = append(open, number)
	}
	closeUpTo(len(source))
	mixed.source = append(mixed.source, source[at:]...)
	return mixed
}

var (
	openings = map[place]string{
		statement: "if mutant == %[1]d { %[2]s } else { ",
		condition: "(mutant == %[1]d && (%[2]s) || mutant != %[1]d && (",
		number:    "mutantOr(mutant == %[1]d, %[2]s, ",
	}
	closings = map[place]string{statement: " }", condition: "))", number: ")"}
)

var complaint = regexp.MustCompile(`(?m)^(?:\./)?(\S+\.go):(\d+):(\d+): (.*)`)

// blamed returns the mutants about which the compiler complains: the innermost one around each place.
func blamed(output []byte, mixtures map[string]mixture) (numbers []int, err error) {
	for _, found := range complaint.FindAllSubmatch(output, -1) {
		mixed, ok := mixtures[path.Clean(string(found[1]))]
		if !ok {
			return nil, fmt.Errorf("%s", found[0])
		}
		line, _ := strconv.Atoi(string(found[2]))
		column, _ := strconv.Atoi(string(found[3]))
		at := column - 1
		for _, before := range bytes.SplitAfter(mixed.source, []byte("\n"))[:line-1] {
			at += len(before)
		}
		innermost := -1
		for number, span := range mixed.spans {
			if span[0] <= at && at < span[1] && (innermost < 0 || span[1]-span[0] < mixed.spans[innermost][1]-mixed.spans[innermost][0]) {
				innermost = number
			}
		}
		if innermost < 0 {
			return nil, fmt.Errorf("%s", found[0])
		}
		if !slices.Contains(numbers, innermost) {
			numbers = append(numbers, innermost)
		}
	}
	return numbers, nil
}
