package stats

import "testing"

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		want   float64
	}{
		{"of nothing", nil, 0},
		{"of one", []float64{7}, 7},
		{"of an odd number, unsorted", []float64{9, 1, 5}, 5},
		{"of an even number", []float64{4, 1, 2, 9}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Median(c.values); got != c.want {
				t.Errorf("median(%v) = %v, want %v", c.values, got, c.want)
			}
		})
	}
}

func TestMedianLeavesTheRoundsInOrder(t *testing.T) {
	values := []float64{3, 1, 2}
	Median(values)
	if values[0] != 3 || values[1] != 1 {
		t.Errorf("values were sorted to %v: ratios would pair different rounds", values)
	}
}

func TestRatiosPairTheRounds(t *testing.T) {
	// The second round ran on a slow machine: it halved both, and the ratios do not show it.
	got := Compare([]float64{120, 55, 110}, []float64{100, 50, 100})
	want := Ratio{Median: 1.1, low: 1.1, high: 1.2}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestRatioToNothing(t *testing.T) {
	if got := Compare([]float64{1}, []float64{0}); got != (Ratio{}) {
		t.Errorf("got %+v, want no ratio", got)
	}
}

func TestPercentile(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[99-i] = float64(i + 1)
	}
	for q, want := range map[float64]float64{0: 1, 50: 50, 99: 99, 99.5: 100, 100: 100} {
		if got := Percentile(hundred, q); got != want {
			t.Errorf("percentile %v is %v, want %v", q, got, want)
		}
	}
	if got := Percentile(nil, 50); got != 0 {
		t.Errorf("the median of nothing is %v, want 0", got)
	}
}

func TestShare(t *testing.T) {
	if Share(1, 4) != 25 || Share(0, 0) != 0 {
		t.Errorf("got %v and %v, want 25 and 0", Share(1, 4), Share(0, 0))
	}
}
