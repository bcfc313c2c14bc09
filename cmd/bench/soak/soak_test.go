package soak

import (
	"strings"
	"testing"

	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/soak/ledger"
	"github.com/troupe-go/troupe/cmd/bench/vitals"
)

// someSoak has one wrong answer if wrong is true, and leaves that much behind.
func someSoak(wrong bool, after vitals.Vitals) outcome {
	book := ledger.New()
	book.Right("state", 200)
	book.Right("state", 200)
	book.Right("panics", 500)
	if wrong {
		book.Wrong("state", "it was %s", "odd")
	}
	book.Abused("floods")
	after.Injected = map[string]int{"stops": 5}
	return outcome{book: book, health: load.Probes{Took: []float64{1}}, after: after,
		before: vitals.Vitals{KiB: 40_000, Goroutines: 20, Descriptors: 12, Injected: map[string]int{"stops": 2}}}
}

func TestSoakTables(t *testing.T) {
	tables := strings.Join(strings.Fields(someSoak(true, vitals.Vitals{KiB: 50_000, Goroutines: 21, Descriptors: 12, Injected: nil}).tables()), " ")
	for _, want := range []string{
		"| panics | 1 | 0 | 1 | 0 | 0 | 0 |",
		"| state | 2 | 2 | 0 | 0 | 0 | 1 |",
		"| all | 3 | 2 | 1 | 0 | 0 | 1 |",
		"| handlers: stops | 3 |",
		"| clients: floods | 1 |",
		"| resident KiB | 40 000 | 50 000 | 66 384 |",
		"| goroutines | 20 | 21 | 30 |",
		"was asked 1 times: p50 1.00 ms",
	} {
		if !strings.Contains(tables, want) {
			t.Errorf("the tables lack %q: %s", want, tables)
		}
	}
}

func TestSoakVerdict(t *testing.T) {
	for _, c := range []struct {
		name  string
		wrong bool
		after vitals.Vitals
		want  string
	}{
		{"all well", false, vitals.Vitals{KiB: 66_384, Goroutines: 30, Descriptors: 16, Injected: nil}, ""},
		{"a wrong answer", true, vitals.Vitals{}, "1 answers were wrong"},
		{"memory", false, vitals.Vitals{KiB: 66_385}, "66385 resident KiB are left"},
		{"goroutines", false, vitals.Vitals{Goroutines: 31}, "31 goroutines are left, and 30 allowed"},
		{"descriptors", false, vitals.Vitals{Descriptors: 17}, "17 open descriptors are left"},
	} {
		err := someSoak(c.wrong, c.after).verdict()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}
