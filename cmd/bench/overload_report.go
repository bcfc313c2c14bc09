package main

import (
	"fmt"
	"time"
)

const overloadChartName = "reliability.svg"

var (
	capacityRate = measure{"capacity, requests/s", 0}
	served50     = measure{"served, p50, ms", 1}
	served99     = measure{"served, p99, ms", 1}
	shedShare    = measure{"shed with 503, %", 1}
	shed50       = measure{"time to 503, p50, ms", 1}
	shed99       = measure{"time to 503, p99, ms", 1}
	failedShare  = measure{"failed, %", 1}
	health99     = measure{"/health, p99, ms", 1}
	abruptShare  = measure{"503 without Retry-After, %", 1}
	droppedShare = measure{"503 that closed, %", 1}
)

// notPressed is the load under which the capacity was measured.
var notPressed = fmt.Sprintf("%d visitors", capacityVisitors)

func newOverloadResults() *results {
	r := newResults(overloadRivals())
	r.addRows([]measure{capacityRate}, notPressed)
	var loads []string
	for _, p := range pressures() {
		loads = append(loads, p.String())
	}
	r.addRows([]measure{goodputKept, goodput, served50, served99, shedShare, shed50, shed99,
		failedShare, health99, abruptShare, droppedShare, unsentShare}, loads...)
	return r
}

// addOverload adds one round. Times of what did not happen are no figures.
func addOverload(r *results, server string, p pressure, able float64, seen tally, well probes, lasting time.Duration) {
	add := func(m measure, value float64) { r.add(m, p.String(), server, value) }
	rate := float64(len(seen.served)) / lasting.Seconds()
	r.add(capacityRate, notPressed, server, able)
	add(goodput, rate)
	base := r.rounds(row{goodput, pressure(1).String()}, server)
	if p > 1 && len(base) > 0 && base[len(base)-1] > 0 {
		add(goodputKept, rate/base[len(base)-1])
	}
	if len(seen.served) > 0 {
		add(served50, percentile(seen.served, 50))
		add(served99, percentile(seen.served, 99))
	}
	sent := seen.offered - seen.notOffered
	add(shedShare, share(len(seen.shed), sent))
	if len(seen.shed) > 0 {
		add(shed50, percentile(seen.shed, 50))
		add(shed99, percentile(seen.shed, 99))
		add(abruptShare, share(seen.abrupt, len(seen.shed)))
		add(droppedShare, share(seen.dropped, len(seen.shed)))
	}
	add(failedShare, share(seen.failed, sent))
	add(health99, percentile(well.took, 99))
	add(unsentShare, share(seen.notOffered, seen.offered))
}

func overloadTitle() string { return "Goodput under overload, that of each server at 1× = 1.0" }

// overloadChart has a group of bars for each load, a bar in it for each server.
func overloadChart(r *results) string {
	var groups []group
	for _, row := range r.rowsOf(goodputKept) {
		g := group{name: row.load}
		for _, name := range r.servers {
			kept := r.median(row, name)
			if row.load == pressure(1).String() {
				kept = 1
			}
			g.bars = append(g.bars, bar{name, kept})
		}
		groups = append(groups, g)
	}
	return drawn(overloadTitle(), r.servers, panel{"Answered 200 within a second: higher is better", groups})
}

func overloadBlock(r *results, c circumstances, rounds int) string {
	return c.heading(medianRounds(rounds)) +
		fmt.Sprintf("![%s](%s)\n\n%s", overloadTitle(), overloadChartName, r.medians())
}
