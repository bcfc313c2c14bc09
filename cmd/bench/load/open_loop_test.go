package load

import (
	"testing"
	"time"
)

func TestAnOpenLoopOffersWhatIsDue(t *testing.T) {
	offer := func(response string, rate float64) Tally {
		loop := &OpenLoop{Addr: answering(t, response), Request: Get("/"), Patience: 100 * time.Millisecond}
		return loop.Offer(t.Context(), rate, 100*time.Millisecond, 200*time.Millisecond)
	}
	for _, c := range []struct {
		name, response string
		counted        func(Tally) int
	}{
		{"served", okResponse, func(seen Tally) int { return len(seen.Served) }},
		{"shed", shedResponse, func(seen Tally) int { return len(seen.Shed) - seen.Abrupt - seen.Dropped }},
		{"given up", "", func(seen Tally) int { return seen.Failed }},
	} {
		seen := offer(c.response, 100)
		// On a machine that is busy some may be left out, but then they are counted as such.
		if seen.Offered != 20 || c.counted(seen) != 20-seen.NotOffered {
			t.Errorf("%s: got %+v, want 20 offered, without those of the first 100 ms", c.name, seen)
		}
	}
}

func TestAnOpenLoopLeavesOutWhatIsTooLate(t *testing.T) {
	loop := &OpenLoop{Addr: answering(t, okResponse), Request: Get("/"), Patience: time.Second}
	loop.arrive(t.Context(), time.Now().Add(-time.Second), true)
	loop.open = MostVisitors
	loop.arrive(t.Context(), time.Now(), true)
	if loop.visits.Wait(); loop.seen.Offered != 2 || loop.seen.NotOffered != 2 {
		t.Errorf("got %+v, want two that were not offered", loop.seen)
	}
}
