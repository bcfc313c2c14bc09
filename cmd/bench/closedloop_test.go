package main

import (
	"testing"
	"time"
)

func TestAClosedLoopCountsWhatWasBegunInTime(t *testing.T) {
	for _, c := range []struct {
		response string
		counted  func(tally) int
	}{
		{okResponse, func(seen tally) int { return len(seen.served) }},
		{shedResponse, func(seen tally) int { return len(seen.shed) }},
	} {
		loop := closedLoop{addr: answering(t, c.response), request: getRequest("/"), patience: time.Second,
			visitors: 2, pause: 10 * time.Millisecond}
		seen := loop.ask(t.Context(), 100*time.Millisecond, 100*time.Millisecond)
		if seen.offered == 0 || seen.offered > 20 || c.counted(seen) != seen.offered {
			t.Errorf("got %+v, want what two visitors can ask in 100 ms", seen)
		}
	}
}

func TestCapacityIsThatOfAServerThatAnswers(t *testing.T) {
	if able, err := capacity(t.Context(), answering(t, shedResponse), getRequest("/")); err == nil {
		t.Errorf("no error but %f, of a server that sheds", able)
	}
}
