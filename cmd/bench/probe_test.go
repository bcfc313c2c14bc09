package main

import (
	"context"
	"testing"
	"time"
)

func TestProbes(t *testing.T) {
	for _, c := range []struct {
		response string
		failed   bool
	}{{okResponse, false}, {shedResponse, true}} {
		for _, fresh := range []bool{true, false} {
			p := prober{addr: answering(t, c.response), perSecond: 50, fresh: fresh}
			seen := p.during(context.Background(), func() { time.Sleep(100 * time.Millisecond) })
			if len(seen.took) == 0 || (seen.failed == len(seen.took)) != c.failed {
				t.Errorf("got %+v, want all to fail: %t", seen, c.failed)
			}
			if c.failed && percentile(seen.took, 0) < 1000 {
				t.Error("a refusal counts as a quick answer")
			}
		}
	}
}
