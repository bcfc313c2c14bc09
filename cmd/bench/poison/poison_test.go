package poison

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
)

func TestMain(m *testing.M) { os.Exit(rivals.RunOrServe(m)) }

func TestPoisonTable(t *testing.T) {
	given, err := dosesNamed("as fast as possible")
	if err != nil || len(given) != 2 {
		t.Fatalf("got %v, %v, want the dose, and none to compare it with", given, err)
	}
	r := newResults(given)
	for _, name := range contestants() {
		addRound(r, name, given[0], load.Tally{Offered: 4, Served: []float64{1, 2, 3, 4}}, load.Tally{}, time.Second, time.Second)
	}
	harmed := load.Tally{Offered: 4, Served: []float64{1, 5}, Shed: []float64{0.1, 0.1}}
	crashed := load.Tally{Offered: 2000, Failed: 2000}
	addRound(r, "Troupe, function", given[1], harmed, crashed, 1200*time.Millisecond, time.Second)
	addRound(r, "net/http", given[1], harmed, load.Tally{Offered: 1, Failed: 1}, time.Second, time.Second)
	table := strings.Join(strings.Fields(r.Medians()), " ")
	for _, want := range []string{
		"| good requests answered 200, % | none | 100.0 | 100.0 | 100.0 |",
		"| good requests answered 200, % | as fast as possible | 50.0 | – | 50.0 |",
		"| good requests, p99, ms | as fast as possible | 5.0 | – | 5.0 |",
		"| crashes a second | as fast as possible | 1000.00 | – | 0.50 |",
		"| CPU µs per crash | as fast as possible | 100 | – | – |",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, r.Medians())
		}
	}
	err = unharmed(r)
	if err == nil || !strings.Contains(err.Error(), "Troupe, function, as fast as possible: 50.0 %") ||
		strings.Contains(err.Error(), "none") || strings.Contains(err.Error(), "net/http") {
		t.Errorf("error %v, want one about the function alone", err)
	}
}

// Every route of the comparison panics only on a bad item.
func TestPoisonRoutes(t *testing.T) {
	for _, name := range contestants() {
		at := routes[name]
		server, err := rivals.StartServing(t.Context(), at.server, "poison")
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []dose{{rate: 50}, {asFast: true}, {}} {
			seen := d.give(t.Context(), server.Addr, load.Get(at.path+site.Bad), time.Second/10)
			if gave := d.asFast || d.rate > 0; len(seen.Served) > 0 || seen.Failed > 0 != gave {
				t.Errorf("%s: got %+v, want no 200, and crashes: %t", name, seen, gave)
			}
		}
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	}
}
