package crash

import (
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/load"
)

func TestCrashTable(t *testing.T) {
	l := latencies{what: "a crash", since: "it was sent", want: 500}
	moment := time.Now()
	for _, took := range []time.Duration{time.Millisecond, 2 * time.Millisecond, -time.Microsecond} {
		l.add(load.Reply{Status: 500, At: moment.Add(took)}, moment)
	}
	want := `
| what is answered | with | counted from when | answers | p50, ms | p99, ms | max, ms |
| ---------------- | ---- | ----------------- | ------: | ------: | ------: | ------: |
| a crash          | 500  | it was sent       |       3 |    1.00 |    2.00 |    2.00 |
`
	if got := tableOf([]latencies{l}); got != strings.TrimPrefix(want, "\n") {
		t.Errorf("the table is\n%s\nwant\n%s", got, want)
	}
	if err := answeredAll([]latencies{l}); err != nil {
		t.Error(err)
	}
}

func TestACrashThatIsNotAnsweredForFails(t *testing.T) {
	silent, other := latencies{what: "silent", want: 500}, latencies{what: "other", want: 500}
	silent.add(load.Reply{}, time.Now())
	other.add(load.Reply{Status: 504}, time.Now())
	err := answeredAll([]latencies{silent, other})
	for _, want := range []string{"silent: 1 were not answered within 2s", "other: 1 were not answered 500 but, for example, 504"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
