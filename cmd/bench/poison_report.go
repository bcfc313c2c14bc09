package main

import (
	"errors"
	"fmt"
	"time"
)

// poisonRoutes are what is measured: which server, and under which path.
var poisonRoutes = map[string]struct{ server, path string }{
	"Troupe, function": {troupe, "/function/"},
	"Troupe, actor":    {troupe, "/actor/"},
	"net/http":         {netHTTP, "/function/"},
}

func poisonContestants() []string { return []string{"Troupe, function", "Troupe, actor", "net/http"} }

var (
	goodServed = measure{"good requests answered 200, %", 1}
	good50     = measure{"good requests, p50, ms", 1}
	good99     = measure{"good requests, p99, ms", 1}
	crashRate  = measure{"crashes a second", 2}
	crashCPU   = measure{"CPU µs per crash", 0}
)

// fewestCrashes is how many there have to be for the CPU of one to be a figure.
const fewestCrashes = 1000

// leastGood is how many percent of the good requests Troupe has to answer 200.
const leastGood = 99.9

func newPoisonResults(given []dose) *results {
	r := newResults(poisonContestants())
	var loads []string
	for _, d := range given {
		loads = append(loads, d.name)
	}
	r.addRows([]measure{goodServed, good50, good99, crashRate, crashCPU, unsentShare}, loads...)
	return r
}

// addPoison adds one round. What a crash costs is what the process used above what it used without
// any, which was measured before.
func addPoison(r *results, server string, d dose, good, poison tally, used, lasting time.Duration) {
	add := func(m measure, value float64) { r.add(m, d.name, server, value) }
	add(goodServed, share(len(good.served), good.offered-good.notOffered))
	if len(good.served) > 0 {
		add(good50, percentile(good.served, 50))
		add(good99, percentile(good.served, 99))
	}
	add(unsentShare, share(good.notOffered, good.offered))
	micros := float64(used.Nanoseconds()) / 1e3
	if d == doses()[0] {
		r.add(baseCPU.measure, baseCPU.load, server, micros)
		return
	}
	add(crashRate, float64(poison.failed)/(poisonSettling+lasting).Seconds())
	if poison.failed >= fewestCrashes {
		add(crashCPU, (micros-r.median(baseCPU, server))/float64(poison.failed))
	}
}

// baseCPU is what is used without any crash. It is no line of the report.
var baseCPU = row{measure{name: "CPU µs"}, "none"}

// unharmed fails if Troupe lets good requests pay for others.
func unharmed(r *results) error {
	var errs []error
	for _, row := range r.rowsOf(goodServed) {
		for _, name := range r.servers[:2] {
			if served := r.median(row, name); served < leastGood {
				errs = append(errs, fmt.Errorf("%s, %s: %.1f %% of the good requests were answered 200, and %.1f have to be",
					name, row.load, served, leastGood))
			}
		}
	}
	return errors.Join(errs...)
}
