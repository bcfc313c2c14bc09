package main

import (
	"testing"
	"time"
)

func TestAnOpenLoopOffersWhatIsDue(t *testing.T) {
	offer := func(response string, rate float64) tally {
		loop := &openLoop{addr: answering(t, response), request: getRequest("/"), patience: 100 * time.Millisecond}
		return loop.offer(t.Context(), rate, 100*time.Millisecond, 200*time.Millisecond)
	}
	for _, c := range []struct {
		name, response string
		counted        func(tally) int
	}{
		{"served", okResponse, func(seen tally) int { return len(seen.served) }},
		{"shed", shedResponse, func(seen tally) int { return len(seen.shed) - seen.abrupt - seen.dropped }},
		{"given up", "", func(seen tally) int { return seen.failed }},
	} {
		seen := offer(c.response, 100)
		// On a machine that is busy some may be left out, but then they are counted as such.
		if seen.offered != 20 || c.counted(seen) != 20-seen.notOffered {
			t.Errorf("%s: got %+v, want 20 offered, without those of the first 100 ms", c.name, seen)
		}
	}
}

func TestAnOpenLoopLeavesOutWhatIsTooLate(t *testing.T) {
	loop := &openLoop{addr: answering(t, okResponse), request: getRequest("/"), patience: time.Second}
	loop.arrive(t.Context(), time.Now().Add(-time.Second), true)
	loop.open = mostVisitors
	loop.arrive(t.Context(), time.Now(), true)
	if loop.visits.Wait(); loop.seen.offered != 2 || loop.seen.notOffered != 2 {
		t.Errorf("got %+v, want two that were not offered", loop.seen)
	}
}
