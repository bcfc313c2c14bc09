package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// coverage holds the blocks of a profile, by the path of the file.
type coverage map[string][]block

// A block reaches from one spot of a file to another.
type block struct {
	from, to spot
	run      bool
}

type spot struct{ line, column int }

func (s spot) before(other spot) bool {
	return s.line < other.line || s.line == other.line && s.column < other.column
}

// readCoverage reads a profile of go test. Its paths begin with the path of the module.
func readCoverage(name, module string) (coverage, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	c := coverage{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		path, rest, found := strings.Cut(strings.TrimPrefix(lines.Text(), module+"/"), ":")
		if !found || path == "mode" {
			continue
		}
		var b block
		var statements, count int
		if _, err := fmt.Sscanf(rest, "%d.%d,%d.%d %d %d", &b.from.line, &b.from.column, &b.to.line, &b.to.column,
			&statements, &count); err != nil {
			return nil, fmt.Errorf("%s: %q: %w", name, lines.Text(), err)
		}
		b.run = count > 0
		c[path] = append(c[path], b)
	}
	return c, lines.Err()
}

// around returns the block of the mutant. The conditions of a switch are in no block; for those it returns the last
// block before.
func (c coverage) around(m *mutant) (around block, inside bool) {
	at := spot{m.line, m.column}
	for _, b := range c[m.file] {
		if at.before(b.from) || b.from.before(around.from) {
			continue
		}
		around, inside = b, at.before(b.to)
	}
	return around, inside
}

// misses reports whether no test reaches the mutant. A mutant in no block counts as reached.
func (c coverage) misses(m *mutant) bool {
	b, inside := c.around(m)
	return inside && !b.run
}

// comes reports whether the tests reach the mutant, as far as can be told.
func (c coverage) comes(m *mutant) bool {
	b, _ := c.around(m)
	return b.run
}
