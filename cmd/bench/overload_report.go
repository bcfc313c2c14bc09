package main

import (
	"fmt"
	"slices"
	"time"
)

const overloadChartName = "reliability.svg"

const (
	capacityRate measure = "capacity, requests/s"
	goodput      measure = "goodput, requests/s"
	goodputKept  measure = "goodput ÷ goodput at 1×"
	served50     measure = "served, p50, ms"
	served99     measure = "served, p99, ms"
	shedShare    measure = "shed with 503, %"
	shed50       measure = "time to 503, p50, ms"
	shed99       measure = "time to 503, p99, ms"
	failedShare  measure = "failed, %"
	health99     measure = "/health, p99, ms"
	abruptShare  measure = "503 without Retry-After, %"
	droppedShare measure = "503 that closed, %"
	unsentShare  measure = "not offered, %"
)

// notPressed is the load under which the capacity was measured.
var notPressed = fmt.Sprintf("%d visitors", capacityVisitors)

// mostUnsent is how many percent of the requests the generator may leave out, in the median round:
// with more of them the load was not the one that the report names.
const mostUnsent = 2

func newOverloadResults() *results {
	r := &results{peers: overloadPeers(), rounds: map[cell][]float64{}, rows: []row{{capacityRate, notPressed}}}
	for _, m := range []measure{goodputKept, goodput, served50, served99, shedShare, shed50, shed99,
		failedShare, health99, abruptShare, droppedShare, unsentShare} {
		for _, p := range pressures() {
			r.rows = append(r.rows, row{m, p.String()})
		}
	}
	return r
}

// addOverload adds one round. Times of what did not happen are no figures.
func addOverload(r *results, peer string, p pressure, able float64, seen tally, well probes, lasting time.Duration) {
	add := func(m measure, value float64) { r.add(m, p.String(), peer, value) }
	rate := float64(len(seen.served)) / lasting.Seconds()
	r.add(capacityRate, notPressed, peer, able)
	add(goodput, rate)
	base := r.rounds[cell{row{goodput, pressure(1).String()}, peer}]
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

// medians is a table of the servers beside each other, of the rows that any has figures in. It has no
// ratios: many of these figures can be 0.
func (r *results) medians() string {
	head := []string{"measure", "load"}
	for _, name := range r.peers {
		head = append(head, peerLabel(name))
	}
	lines := [][]string{head}
	for _, row := range r.rows {
		if !slices.ContainsFunc(r.peers, func(name string) bool { return len(r.rounds[cell{row, name}]) > 0 }) {
			continue
		}
		line := []string{string(row.measure), row.load}
		for _, name := range r.peers {
			line = append(line, spread(row.measure, r.rounds[cell{row, name}]))
		}
		lines = append(lines, line)
	}
	return markdown(lines, 2)
}

// spread is the median of the rounds, with the least and the greatest where they differ.
func spread(m measure, rounds []float64) string {
	if len(rounds) == 0 {
		return "–"
	}
	text := figure(m, median(rounds))
	low, high := figure(m, percentile(rounds, 0)), figure(m, percentile(rounds, 100))
	if low != high {
		text += fmt.Sprintf(" (%s–%s)", low, high)
	}
	return text
}

// offeredAll fails if the generator left too much out.
func offeredAll(r *results) error {
	for _, row := range r.rowsOf(unsentShare) {
		for _, name := range r.peers {
			if unsent := r.median(row, name); unsent > mostUnsent {
				return fmt.Errorf("%s, %s: the generator could not offer %.1f %% of the requests, and may leave out %d %%",
					peerLabel(name), row.load, unsent, mostUnsent)
			}
		}
	}
	return nil
}

func overloadTitle() string { return "Goodput under overload, that of each server at 1× = 1.0" }

// overloadChart has a group of bars for each load, a bar in it for each server.
func overloadChart(r *results) string {
	var groups []group
	for _, row := range r.rowsOf(goodputKept) {
		g := group{name: row.load}
		for _, name := range r.peers {
			kept := r.median(row, name)
			if row.load == pressure(1).String() {
				kept = 1
			}
			g.bars = append(g.bars, bar{name, kept})
		}
		groups = append(groups, g)
	}
	return drawn(overloadTitle(), r.peers, panel{"Answered 200 within a second: higher is better", groups})
}

func overloadBlock(r *results, c circumstances, rounds int) string {
	return c.heading(medians(rounds)) +
		fmt.Sprintf("![%s](%s)\n\n%s", overloadTitle(), overloadChartName, r.medians())
}
