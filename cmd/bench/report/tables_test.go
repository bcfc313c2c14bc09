package report

import "testing"

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1 000", 95012: "95 012", 1234567: "1 234 567", -1000: "-1 000"} {
		if got := Grouped(n); got != want {
			t.Errorf("grouped(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSpread(t *testing.T) {
	for want, rounds := range map[string][]float64{"–": nil, "2.0": {2, 2}, "2.0 (1.0–3.5)": {3.5, 1, 2}} {
		if got := spread(Measure{"served, p50, ms", 1}, rounds); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
