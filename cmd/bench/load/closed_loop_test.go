package load

import (
	"testing"
	"time"
)

func TestAClosedLoopCountsWhatWasBegunInTime(t *testing.T) {
	for _, c := range []struct {
		response string
		counted  func(Tally) int
	}{
		{okResponse, func(seen Tally) int { return len(seen.Served) }},
		{shedResponse, func(seen Tally) int { return len(seen.Shed) }},
	} {
		loop := ClosedLoop{Addr: answering(t, c.response), Request: Get("/"), Patience: time.Second,
			Visitors: 2, Pause: 10 * time.Millisecond}
		seen := loop.Ask(t.Context(), 100*time.Millisecond, 100*time.Millisecond)
		if seen.Offered == 0 || seen.Offered > 20 || c.counted(seen) != seen.Offered {
			t.Errorf("got %+v, want what two visitors can ask in 100 ms", seen)
		}
	}
}

func TestCapacityIsThatOfAServerThatAnswers(t *testing.T) {
	if able, err := Capacity(t.Context(), answering(t, shedResponse), Get("/")); err == nil {
		t.Errorf("no error but %f, of a server that sheds", able)
	}
}
