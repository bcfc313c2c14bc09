package main

import (
	"strings"
	"testing"
)

// someSoak has one answer that is wrong if wrong, and leaves that much behind.
func someSoak(wrong bool, after vitals) soaked {
	book := newLedger()
	book.right("state", 200)
	book.right("state", 200)
	book.right("panics", 500)
	if wrong {
		book.wrong("state", "it was %s", "odd")
	}
	book.abused("floods")
	after.injected = map[string]int{"stops": 5}
	return soaked{book: book, health: probes{took: []float64{1}}, after: after,
		before: vitals{kib: 40_000, goroutines: 20, descriptors: 12, injected: map[string]int{"stops": 2}}}
}

func TestSoakTables(t *testing.T) {
	tables := strings.Join(strings.Fields(someSoak(true, vitals{50_000, 21, 12, nil}).tables()), " ")
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
		after vitals
		want  string
	}{
		{"all well", false, vitals{66_384, 30, 16, nil}, ""},
		{"a wrong answer", true, vitals{}, "1 answers were wrong"},
		{"memory", false, vitals{kib: 66_385}, "66385 resident KiB are left"},
		{"goroutines", false, vitals{goroutines: 31}, "31 goroutines are left, and 30 allowed"},
		{"descriptors", false, vitals{descriptors: 17}, "17 open descriptors are left"},
	} {
		err := someSoak(c.wrong, c.after).verdict()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}
