//go:build !race

package routing

import "testing"

// A path that no route has costs no memory, however long it is; a match costs its parameters.
func TestAllocsOfALookup(t *testing.T) {
	for _, l := range lookups {
		table := tableOf(t, l.patterns)
		if got := testing.AllocsPerRun(100, func() { table.look(l.method, l.path) }); got > l.allocs {
			t.Errorf("%s: %v allocations, the ceiling is %v", l.name, got, l.allocs)
		}
	}
}
