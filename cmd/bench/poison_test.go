package main

import (
	"strings"
	"testing"
	"time"
)

func TestPoisonTable(t *testing.T) {
	given, err := dosesNamed("as fast as possible")
	if err != nil || len(given) != 2 {
		t.Fatalf("got %v, %v, want the dose, and none to compare it with", given, err)
	}
	r := newPoisonResults(given)
	for _, name := range poisonContestants() {
		addPoison(r, name, given[0], tally{offered: 4, served: []float64{1, 2, 3, 4}}, tally{}, time.Second, time.Second)
	}
	harmed := tally{offered: 4, served: []float64{1, 5}, shed: []float64{0.1, 0.1}}
	crashed := tally{offered: 2000, failed: 2000}
	addPoison(r, "Troupe, function", given[1], harmed, crashed, 1200*time.Millisecond, time.Second)
	addPoison(r, "net/http", given[1], harmed, tally{offered: 1, failed: 1}, time.Second, time.Second)
	table := strings.Join(strings.Fields(r.medians()), " ")
	for _, want := range []string{
		"| good requests answered 200, % | none | 100.0 | 100.0 | 100.0 |",
		"| good requests answered 200, % | as fast as possible | 50.0 | – | 50.0 |",
		"| good requests, p99, ms | as fast as possible | 5.0 | – | 5.0 |",
		"| crashes a second | as fast as possible | 1000.00 | – | 0.50 |",
		"| CPU µs per crash | as fast as possible | 100 | – | – |",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, r.medians())
		}
	}
	err = unharmed(r)
	if err == nil || !strings.Contains(err.Error(), "Troupe, function, as fast as possible: 50.0 %") ||
		strings.Contains(err.Error(), "none") || strings.Contains(err.Error(), "net/http") {
		t.Errorf("error %v, want one about the function alone", err)
	}
}

// Every route of the comparison panics on a bad item alone.
func TestPoisonRoutes(t *testing.T) {
	for _, name := range poisonContestants() {
		at := poisonRoutes[name]
		server, err := startServing(t.Context(), at.server, "poison")
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []dose{{rate: 50}, {asFast: true}, {}} {
			seen := d.give(t.Context(), server.addr, getRequest(at.path+bad), time.Second/10)
			if gave := d.asFast || d.rate > 0; len(seen.served) > 0 || seen.failed > 0 != gave {
				t.Errorf("%s: got %+v, want no 200, and crashes: %t", name, seen, gave)
			}
		}
		if err := server.stop(); err != nil {
			t.Error(err)
		}
	}
}
