package load

import (
	"context"
	"testing"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/stats"
)

func TestProbes(t *testing.T) {
	for _, c := range []struct {
		response string
		failed   bool
	}{{okResponse, false}, {shedResponse, true}} {
		for _, fresh := range []bool{true, false} {
			p := Prober{Addr: answering(t, c.response), PerSecond: 50, Fresh: fresh}
			seen := p.During(context.Background(), func() { time.Sleep(100 * time.Millisecond) })
			if len(seen.Took) == 0 || (seen.Failed == len(seen.Took)) != c.failed {
				t.Errorf("got %+v, want all to fail: %t", seen, c.failed)
			}
			if c.failed && stats.Percentile(seen.Took, 0) < 1000 {
				t.Error("a refusal counts as a quick answer")
			}
		}
	}
}
