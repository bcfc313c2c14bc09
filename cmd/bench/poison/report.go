package poison

import (
	"errors"
	"fmt"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/goodput"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/stats"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/report"
)

// routes are the measured servers and paths.
var routes = map[string]struct{ server, path string }{
	"Troupe, function": {roster.Troupe, "/function/"},
	"Troupe, actor":    {roster.Troupe, "/actor/"},
	"net/http":         {roster.NetHTTP, "/function/"},
}

func contestants() []string { return []string{"Troupe, function", "Troupe, actor", "net/http"} }

var (
	goodServed = report.Measure{Name: "good requests answered 200, %", Digits: 1}
	good50     = report.Measure{Name: "good requests, p50, ms", Digits: 1}
	good99     = report.Measure{Name: "good requests, p99, ms", Digits: 1}
	crashRate  = report.Measure{Name: "crashes a second", Digits: 2}
	crashCPU   = report.Measure{Name: "CPU µs per crash"}
)

// fewestCrashes is how many crashes are needed for a figure of the CPU of one.
const fewestCrashes = 1000

// leastGood is how many percent of the good requests Troupe must answer 200.
const leastGood = 99.9

func newResults(given []dose) *report.Results {
	r := report.New(contestants())
	var loads []string
	for _, d := range given {
		loads = append(loads, d.name)
	}
	r.AddRows([]report.Measure{goodServed, good50, good99, crashRate, crashCPU, goodput.Unsent}, loads...)
	return r
}

// addRound adds one round. The cost of a crash is the CPU of the process above its CPU without crashes, which was
// measured before.
func addRound(r *report.Results, server string, d dose, good, poison load.Tally, used, lasting time.Duration) {
	add := func(m report.Measure, value float64) { r.Add(m, d.name, server, value) }
	add(goodServed, stats.Share(len(good.Served), good.Offered-good.NotOffered))
	if len(good.Served) > 0 {
		add(good50, stats.Percentile(good.Served, 50))
		add(good99, stats.Percentile(good.Served, 99))
	}
	add(goodput.Unsent, stats.Share(good.NotOffered, good.Offered))
	micros := float64(used.Nanoseconds()) / 1e3
	if d == doses()[0] {
		r.Add(baseCPU.Measure, baseCPU.Load, server, micros)
		return
	}
	add(crashRate, float64(poison.Failed)/(settling+lasting).Seconds())
	if poison.Failed >= fewestCrashes {
		add(crashCPU, (micros-r.Median(baseCPU, server))/float64(poison.Failed))
	}
}

// baseCPU is the CPU used without any crash. It is not a line of the report.
var baseCPU = report.Row{Measure: report.Measure{Name: "CPU µs"}, Load: "none"}

// unharmed fails if poisonous requests harm good ones in Troupe.
func unharmed(r *report.Results) error {
	var errs []error
	for _, row := range r.RowsOf(goodServed) {
		for _, name := range r.Servers[:2] {
			if served := r.Median(row, name); served < leastGood {
				errs = append(errs, fmt.Errorf("%s, %s: %.1f %% of the good requests were answered 200, and %.1f have to be",
					name, row.Load, served, leastGood))
			}
		}
	}
	return errors.Join(errs...)
}
