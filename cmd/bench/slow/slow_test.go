package slow

import (
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/load"
)

func TestAttacked(t *testing.T) {
	for output, want := range map[string]bool{
		"\x1b[0;36m\nTest ended on 5th second\nExit status:\x1b[1;36m Hit test time limit\n\x1b[0m": true,
		"Exit status: No open connections left\n":                                                   true,
		"Test ended on 0th second\nExit status:\x1b[1;36m Connection refused\n\x1b[0m":              false,
		"Fri Nov 27: unknown option\n":                                                              false,
		"":                                                                                          false,
	} {
		if got := attacked(output); got != want {
			t.Errorf("%q: got %t", output, got)
		}
	}
}

func TestSlowTable(t *testing.T) {
	s := siege{name: "slow heads", lasted: 3 * time.Second,
		kept: load.Probes{Took: []float64{1, 2, 3}}, fresh: load.Probes{Took: []float64{200, 1}, Failed: 1}}
	want := `
| attack     | probes over           | seconds | probes | failed | p50, ms | p99, ms | max, ms |
| ---------- | --------------------- | ------: | -----: | -----: | ------: | ------: | ------: |
| slow heads | one connection        |       3 |      3 |      0 |    2.00 |    3.00 |    3.00 |
| slow heads | a new connection each |       3 |      2 |      1 |    1.00 |  200.00 |  200.00 |
`
	if got := tableOf([]siege{s}); got != strings.TrimPrefix(want, "\n") {
		t.Errorf("the table is\n%s\nwant\n%s", got, want)
	}
	err := withstood([]siege{s})
	for _, want := range []string{"1 probes over a new connection each failed", "200.0 ms, above 100"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	s.fresh = s.kept
	if err := withstood([]siege{s}); err != nil {
		t.Error(err)
	}
}
