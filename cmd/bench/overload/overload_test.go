package overload

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/goodput"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/report"
)

// someOverload are two rounds of a server that sheds and of two that do not.
func someOverload(unsent int) *report.Results {
	r := newResults()
	for range 2 {
		for _, p := range pressures() {
			add := func(server string, seen load.Tally) {
				addRound(r, server, p, 450, seen, load.Probes{Took: []float64{1, 2}}, time.Second)
			}
			sheds := load.Tally{Offered: 10 * int(p), Served: []float64{2, 3, 100, 101}}
			for range 10*int(p) - 10 {
				sheds.Shed = append(sheds.Shed, 0.5)
			}
			sheds.Abrupt = len(sheds.Shed)
			add("troupe", sheds)
			add("nethttp", load.Tally{Offered: 10, NotOffered: unsent, Served: make([]float64, 8/p), Failed: 2})
			add("fasthttp", load.Tally{Offered: 10, Failed: 10})
		}
	}
	return r
}

func TestOverloadTable(t *testing.T) {
	table := someOverload(0).Medians()
	for _, want := range []string{
		"| capacity, requests/s       | 4 visitors   |    450 |      450 |      450 |",
		"| goodput, requests/s        | 2× capacity  |      4 |        4 |        0 |",
		"| goodput ÷ goodput at 1×    | 10× capacity |   1.00 |     0.00 |        – |",
		"| served, p99, ms            | 1× capacity  |  101.0 |      0.0 |        – |",
		"| time to 503, p50, ms       | 10× capacity |    0.5 |        – |        – |",
		"| failed, %                  | 1× capacity  |    0.0 |     20.0 |    100.0 |",
		"| 503 without Retry-After, % | 2× capacity  |  100.0 |        – |        – |",
	} {
		if want = strings.Join(strings.Fields(want), " "); !strings.Contains(strings.Join(strings.Fields(table), " "), want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
	if strings.Contains(table, "| goodput ÷ goodput at 1×    | 1× capacity") {
		t.Error("the table has a line without figures")
	}
}

func TestALoadThatWasNotOfferedIsNoFigure(t *testing.T) {
	if err := goodput.CheckOffered(someOverload(0)); err != nil {
		t.Error(err)
	}
	if err := goodput.CheckOffered(someOverload(1)); err == nil || !strings.Contains(err.Error(), "net/http") {
		t.Errorf("error %v, want one about net/http, which was offered 90 %%", err)
	}
}

func TestOverloadChart(t *testing.T) {
	svg := drawChart(someOverload(0))
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	// The paper, a key for each of three servers, and a bar for each under each of three loads.
	if bars := strings.Count(svg, "<rect"); bars != 1+3+9 {
		t.Errorf("%d rectangles, want 13", bars)
	}
	for _, want := range []string{">10× capacity<", ">1.00<", ">0.50<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the chart lacks %q", want)
		}
	}
}
