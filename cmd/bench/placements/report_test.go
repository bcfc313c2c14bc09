package placements

import (
	"errors"
	"strings"
	"testing"
)

// someFigures are two rounds.
func someFigures() *figures {
	f := newFigures()
	for round := range 2 {
		n := float64(round)
		for i, name := range names() {
			f.rates.Add(perSecond, "", name, 50_000+n*10_000*float64(i))
			f.rates.Add(cpuMicros, "", name, 10)
		}
		f.blocked.Add(perSecond, "", "troupe", 6000-n*1200)
		f.blocked.Add(perSecond, "", "nethttp", 6000)
	}
	f.octets = 1700.4
	f.idled = idled{asked: 100_000, made: 12_345}
	return f
}

func TestTables(t *testing.T) {
	text := someFigures().tables()
	table := strings.Join(strings.Fields(text), " ")
	for _, want := range []string{
		"| One | 50 000 | 0.75 (0.50–1.00) | 0.73 (0.45–1.00) | 10.00 | 1.00 | 1.00 |",
		"| PerKey, 1 000 keys | 65 000 | 0.90 (0.80–1.00) | 0.86 (0.73–1.00) | 10.00 | 1.00 | 1.00 |",
		"| fasthttp | 80 000 | 1.05 (1.00–1.10) | 1.00 | 10.00 | 1.00 | 1.00 |",
		"| octets of heap per idle entity | 100 000 keys | 1 700 | ≤ 1 741 |",
		"| requests that failed | 100 000 requests of 64 clients for 200 keys, idle after 4ms | 0 | 0 |",
		"| actors that were made | 100 000 requests of 64 clients for 200 keys, idle after 4ms | 12 345 | – |",
		"| requests/s, Troupe ÷ net/http | 64 clients of a function that blocks for 10ms | 0.90 (0.80–1.00) | ≥ 0.90 |",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("the tables lack %q:\n%s", want, text)
		}
	}
}

func TestVerdict(t *testing.T) {
	f := someFigures()
	if err := f.verdict(); err != nil {
		t.Error(err)
	}
	f.octets = 1800
	f.idled.failed, f.idled.example = 2, errors.New("no answer")
	f.blocked.Add(perSecond, "", "troupe", 3000)
	f.blocked.Add(perSecond, "", "nethttp", 6000)
	err := f.verdict()
	for _, want := range []string{
		"an idle entity has 1800 octets of heap, and may have 1741",
		"2 requests failed whose actors stop soon; one of them: no answer",
		"Troupe answers 0.80 times of what net/http does, and should 0.90",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
