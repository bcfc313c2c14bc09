package load

import (
	"testing"
	"time"
)

func TestAnOpenLoopOffersWhatIsDue(t *testing.T) {
	// On a machine that is busy an answer can take longer than all requests together.
	const patient, impatient = time.Minute, 100 * time.Millisecond
	offer := func(response string, patience time.Duration) Tally {
		loop := &OpenLoop{Addr: answering(t, response), Request: Get("/"), Patience: patience}
		return loop.Offer(t.Context(), 100, 100*time.Millisecond, 200*time.Millisecond)
	}
	for _, c := range []struct {
		name, response string
		patience       time.Duration
		counted        func(Tally) int
	}{
		{"served", okResponse, patient, func(seen Tally) int { return len(seen.Served) }},
		{"shed", shedResponse, patient, func(seen Tally) int { return len(seen.Shed) - seen.Abrupt - seen.Dropped }},
		{"given up", "", impatient, func(seen Tally) int { return seen.Failed }},
	} {
		seen := offer(c.response, c.patience)
		// There some may also be left out, but then they are counted as such.
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
