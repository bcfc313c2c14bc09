package main

import (
	"strings"
	"testing"
	"time"
)

func TestFairTable(t *testing.T) {
	r := newFairResults(3500)
	polite := tally{offered: 4, served: []float64{10, 20, 30, 7000}}
	addCrowd(r, "troupe", 3500, polite, tally{offered: 20, served: make([]float64, 10), shed: make([]float64, 10)}, time.Second)
	addCrowd(r, "nethttp", 3500, tally{offered: 2}, tally{offered: 20, served: []float64{8000}}, time.Second)
	few, many := tally{offered: 400, served: make([]float64, 400)}, tally{offered: 80_000, served: make([]float64, 300)}
	addRetries(r, "troupe", few, many, time.Second)
	table := strings.Join(strings.Fields(r.medians()), " ")
	for _, want := range []string{
		"| polite answered 200, % | 8 polite clients, 3 500 greedy connections | 100.0 | 0.0 |",
		"| polite answered 200, p99, ms | 8 polite clients, 3 500 greedy connections | 7000.0 | – |",
		"| longest until a 200, ms | 8 polite clients, 3 500 greedy connections | 7000.0 | 8000.0 |",
		"| greedy answered 503, requests/s | 8 polite clients, 3 500 greedy connections | 10 | 0 |",
		"| asked, requests/s | 1 500 clients that ask again at once | 80 000 | – |",
		"| goodput ÷ goodput at 1× | 1 500 clients that ask again at once | 0.75 | – |",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, r.medians())
		}
	}
	err := wasFair(r)
	for _, want := range []string{"a 200 took 7000 ms", "is 0.75 of what it was"} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "polite") {
			t.Errorf("error %v, want one with %q, and none about the polite, who were served", err, want)
		}
	}
}
