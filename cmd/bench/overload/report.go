package overload

import (
	"fmt"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/goodput"
	"github.com/troupe-go/troupe/cmd/bench/internal/stats"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/report"
	"github.com/troupe-go/troupe/cmd/bench/report/chart"
	"github.com/troupe-go/troupe/cmd/bench/report/page"
)

const chartName = "reliability.svg"

var (
	capacityRate = report.Measure{Name: "capacity, requests/s"}
	served50     = report.Measure{Name: "served, p50, ms", Digits: 1}
	served99     = report.Measure{Name: "served, p99, ms", Digits: 1}
	shedShare    = report.Measure{Name: "shed with 503, %", Digits: 1}
	shed50       = report.Measure{Name: "time to 503, p50, ms", Digits: 1}
	shed99       = report.Measure{Name: "time to 503, p99, ms", Digits: 1}
	failedShare  = report.Measure{Name: "failed, %", Digits: 1}
	health99     = report.Measure{Name: "/health, p99, ms", Digits: 1}
	abruptShare  = report.Measure{Name: "503 without Retry-After, %", Digits: 1}
	droppedShare = report.Measure{Name: "503 that closed, %", Digits: 1}
)

// notPressed is the load under which the capacity was measured.
var notPressed = fmt.Sprintf("%d visitors", load.CapacityVisitors)

func newResults() *report.Results {
	r := report.New(rivalNames())
	r.AddRows([]report.Measure{capacityRate}, notPressed)
	var loads []string
	for _, p := range pressures() {
		loads = append(loads, p.String())
	}
	r.AddRows([]report.Measure{goodput.Kept, goodput.Rate, served50, served99, shedShare, shed50, shed99,
		failedShare, health99, abruptShare, droppedShare, goodput.Unsent}, loads...)
	return r
}

// addRound adds one round. If nothing of a kind happened, it has no time.
func addRound(r *report.Results, server string, p pressure, able float64, seen load.Tally, well load.Probes, lasting time.Duration) {
	add := func(m report.Measure, value float64) { r.Add(m, p.String(), server, value) }
	rate := float64(len(seen.Served)) / lasting.Seconds()
	r.Add(capacityRate, notPressed, server, able)
	add(goodput.Rate, rate)
	base := r.Rounds(report.Row{Measure: goodput.Rate, Load: pressure(1).String()}, server)
	if p > 1 && len(base) > 0 && base[len(base)-1] > 0 {
		add(goodput.Kept, rate/base[len(base)-1])
	}
	if len(seen.Served) > 0 {
		add(served50, stats.Percentile(seen.Served, 50))
		add(served99, stats.Percentile(seen.Served, 99))
	}
	sent := seen.Offered - seen.NotOffered
	add(shedShare, stats.Share(len(seen.Shed), sent))
	if len(seen.Shed) > 0 {
		add(shed50, stats.Percentile(seen.Shed, 50))
		add(shed99, stats.Percentile(seen.Shed, 99))
		add(abruptShare, stats.Share(seen.Abrupt, len(seen.Shed)))
		add(droppedShare, stats.Share(seen.Dropped, len(seen.Shed)))
	}
	add(failedShare, stats.Share(seen.Failed, sent))
	add(health99, stats.Percentile(well.Took, 99))
	add(goodput.Unsent, stats.Share(seen.NotOffered, seen.Offered))
}

func chartTitle() string { return "Goodput under overload, that of each server at 1× = 1.0" }

// drawChart draws a group of bars for each load, with a bar for each server.
func drawChart(r *report.Results) string {
	var groups []chart.Group
	for _, row := range r.RowsOf(goodput.Kept) {
		g := chart.Group{Name: row.Load}
		for _, name := range r.Servers {
			kept := r.Median(row, name)
			if row.Load == pressure(1).String() {
				kept = 1
			}
			g.Bars = append(g.Bars, chart.Bar{Server: name, Ratio: kept})
		}
		groups = append(groups, g)
	}
	return chart.Draw(chartTitle(), r.Servers, chart.Panel{Title: "Answered 200 within a second: higher is better", Groups: groups})
}

func block(r *report.Results, c page.Circumstances, rounds int) string {
	return c.Heading(report.MedianRounds(rounds)) +
		fmt.Sprintf("![%s](%s)\n\n%s", chartTitle(), chartName, r.Medians())
}
