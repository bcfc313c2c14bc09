package wrk

import (
	"strings"
	"testing"
)

const wrkOutput = `Running 1s test @ http://127.0.0.1:1/
  2 threads and 64 connections
figures microseconds=2000000 requests=190000 latencies=190000 p50=334 p99=1693 connect=0 read=0 write=0 timeout=0 status=0
`

var sixtyFour = Load{Connections: 64, Depth: 1}

func TestParseFigures(t *testing.T) {
	got, err := parseFigures(wrkOutput, sixtyFour)
	if err != nil {
		t.Fatal(err)
	}
	want := Figures{microseconds: 2e6, Requests: 190000, P50: 334, P99: 1693}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got.PerSecond() != 95000 {
		t.Errorf("%v requests/s, want 95000", got.PerSecond())
	}
}

func TestParseFiguresOfBursts(t *testing.T) {
	output := strings.Replace(wrkOutput, "latencies=190000", "latencies=11873", 1)
	if _, err := parseFigures(output, Load{Connections: 64, Depth: 16}); err != nil {
		t.Errorf("a burst has one latency, and the last ones may be cut short: %v", err)
	}
}

func TestRunsThatFailedHaveNoFigures(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"a refused connection", "connect=0", "connect=3", "3 of kind connect"},
		{"a reset connection", "read=0", "read=64", "64 of kind read"},
		{"a write that failed", "write=0", "write=1", "1 of kind write"},
		{"a silent server", "timeout=0", "timeout=2", "2 of kind timeout"},
		{"an error response", "status=0", "status=9", "9 responses with an error status"},
		{"no request at all", "requests=190000", "requests=0", "no request"},
		{"latencies made up", "latencies=190000", "latencies=190001", "does not fit this wrk"},
		{"latencies missing", "latencies=190000", "latencies=180000", "does not fit this wrk"},
		{"no line of figures", "figures ", "", "no figures"},
		{"a figure that is none", "p50=334", "p50=nan!", `"p50=nan!"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parseFigures(strings.Replace(wrkOutput, c.from, c.to, 1), sixtyFour)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestLoads(t *testing.T) {
	for _, c := range []struct {
		load    Load
		text    string
		threads int
	}{
		{Load{Connections: 1, Depth: 1}, "1 connection", 1},
		{Load{Connections: 512, Depth: 1}, "512 connections", 2},
		{Load{Connections: 64, Depth: 16}, "64 connections, 16 pipelined", 2},
	} {
		if c.load.String() != c.text || c.load.threads() != c.threads {
			t.Errorf("%+v is %q with %d threads, want %q with %d",
				c.load, c.load, c.load.threads(), c.text, c.threads)
		}
	}
}
