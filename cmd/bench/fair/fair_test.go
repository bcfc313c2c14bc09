package fair

import (
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/load"
)

func TestFairTable(t *testing.T) {
	r := newResults(3500)
	polite := load.Tally{Offered: 4, Served: []float64{10, 20, 30, 7000}}
	addCrowd(r, "troupe", 3500, polite, load.Tally{Offered: 20, Served: make([]float64, 10), Shed: make([]float64, 10)}, time.Second)
	addCrowd(r, "nethttp", 3500, load.Tally{Offered: 2}, load.Tally{Offered: 20, Served: []float64{8000}}, time.Second)
	few, many := load.Tally{Offered: 400, Served: make([]float64, 400)}, load.Tally{Offered: 80_000, Served: make([]float64, 300)}
	addRetries(r, "troupe", few, many, time.Second)
	table := strings.Join(strings.Fields(r.Medians()), " ")
	for _, want := range []string{
		"| polite answered 200, % | 8 polite clients, 3 500 greedy connections | 100.0 | 0.0 |",
		"| polite answered 200, p99, ms | 8 polite clients, 3 500 greedy connections | 7000.0 | – |",
		"| longest until a 200, ms | 8 polite clients, 3 500 greedy connections | 7000.0 | 8000.0 |",
		"| greedy answered 503, requests/s | 8 polite clients, 3 500 greedy connections | 10 | 0 |",
		"| asked, requests/s | 1 500 clients that ask again at once | 80 000 | – |",
		"| goodput ÷ goodput at 1× | 1 500 clients that ask again at once | 0.75 | – |",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, r.Medians())
		}
	}
	err := wasFair(r)
	for _, want := range []string{"a 200 took 7000 ms", "is 0.75 of what it was"} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "polite") {
			t.Errorf("error %v, want one with %q, and none about the polite, who were served", err, want)
		}
	}
}
