package main

import (
	"fmt"
	"slices"
)

var (
	perSecond      = measure{"requests/s", 0}
	cpuMicros      = measure{"CPU µs per request", 2}
	latency50      = measure{"latency p50, µs", 0}
	latency99      = measure{"latency p99, µs", 0}
	idleMemKiB     = measure{"resident KiB per idle connection", 2}
	idleGoroutines = measure{"goroutines per idle connection", 2}
)

// speedResults returns the results that these options ask for, without figures.
func speedResults(o options) *results {
	r := newResults(o.rivals)
	var loads, idle []string
	for _, l := range o.loads() {
		loads = append(loads, l.String())
	}
	if o.idle > 0 {
		for _, kind := range idleKinds {
			idle = append(idle, idleLoad(o.idle, kind))
		}
	}
	r.addRows([]measure{perSecond, cpuMicros, latency50, latency99}, loads...)
	r.addRows([]measure{idleMemKiB, idleGoroutines}, idle...)
	return r
}

func idleLoad(count int, kind idleKind) string { return grouped(count) + " connections" + kind.label }

// block is what stands between the markers of the page.
func block(r *results, c circumstances, rounds int) string {
	return c.heading(medianRounds(rounds)) + fmt.Sprintf("![%s](%s)\n\n%s", chartTitle(r), chartName, r.table())
}

const chartName = "performance.svg"

// chartBase is the server that counts as 1.0: fasthttp, the one to reach, if it was measured.
func chartBase(r *results) string {
	if slices.Contains(r.servers, fastHTTP) {
		return fastHTTP
	}
	return r.servers[0]
}

func chartTitle(r *results) string {
	return fmt.Sprintf("Requests per second and CPU per request, %s = 1.0", label(chartBase(r)))
}

// speedChart draws two panels of bars, requests per second above CPU per request, as an SVG.
func speedChart(r *results) string {
	return drawn(chartTitle(r), r.servers,
		panel{"Requests per second: higher is better", groupsOf(r, perSecond)},
		panel{"CPU per request: lower is better", groupsOf(r, cpuMicros)})
}

// groupsOf returns the rows of one measure, every server beside the base.
func groupsOf(r *results, m measure) []group {
	var groups []group
	for _, row := range r.rowsOf(m) {
		g := group{name: row.load}
		for _, name := range r.servers {
			g.bars = append(g.bars, bar{name, r.ratio(row, name, chartBase(r)).median})
		}
		groups = append(groups, g)
	}
	return groups
}
