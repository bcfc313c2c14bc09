package speed

import (
	"fmt"
	"slices"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/report"
	"github.com/troupe-go/troupe/cmd/bench/report/chart"
	"github.com/troupe-go/troupe/cmd/bench/report/page"
	"github.com/troupe-go/troupe/cmd/bench/speed/idle"
)

var (
	perSecond      = report.Measure{Name: "requests/s"}
	cpuMicros      = report.Measure{Name: "CPU µs per request", Digits: 2}
	latency50      = report.Measure{Name: "latency p50, µs"}
	latency99      = report.Measure{Name: "latency p99, µs"}
	idleMemKiB     = report.Measure{Name: "resident KiB per idle connection", Digits: 2}
	idleGoroutines = report.Measure{Name: "goroutines per idle connection", Digits: 2}
)

// newResults returns empty results for these options.
func newResults(o options) *report.Results {
	r := report.New(o.rivals)
	var loads, quiet []string
	for _, l := range o.loads() {
		loads = append(loads, l.String())
	}
	if o.idle > 0 {
		for _, kind := range idle.Kinds {
			quiet = append(quiet, idleLoad(o.idle, kind))
		}
	}
	r.AddRows([]report.Measure{perSecond, cpuMicros, latency50, latency99}, loads...)
	r.AddRows([]report.Measure{idleMemKiB, idleGoroutines}, quiet...)
	return r
}

func idleLoad(count int, kind idle.Kind) string {
	return report.Grouped(count) + " connections" + kind.Label
}

// block is the text between the markers of the page.
func block(r *report.Results, c page.Circumstances, rounds int) string {
	return c.Heading(report.MedianRounds(rounds)) + fmt.Sprintf("![%s](%s)\n\n%s", chartTitle(r), chartName, r.Table())
}

const chartName = "performance.svg"

// chartBase is the server that counts as 1.0: fasthttp, the goal, if it was measured.
func chartBase(r *report.Results) string {
	if slices.Contains(r.Servers, roster.FastHTTP) {
		return roster.FastHTTP
	}
	return r.Servers[0]
}

func chartTitle(r *report.Results) string {
	return fmt.Sprintf("Requests per second and CPU per request, %s = 1.0", roster.Label(chartBase(r)))
}

// drawChart draws two panels of bars, requests per second above CPU per request, as an SVG.
func drawChart(r *report.Results) string {
	return chart.Draw(chartTitle(r), r.Servers,
		chart.Panel{Title: "Requests per second: higher is better", Groups: groupsOf(r, perSecond)},
		chart.Panel{Title: "CPU per request: lower is better", Groups: groupsOf(r, cpuMicros)})
}

// groupsOf returns the rows of one measure, every server beside the base.
func groupsOf(r *report.Results, m report.Measure) []chart.Group {
	var groups []chart.Group
	for _, row := range r.RowsOf(m) {
		if slices.ContainsFunc(r.Servers, func(name string) bool { return len(r.Rounds(row, name)) == 0 }) {
			continue // a server that has no bar would look as if it served nothing
		}
		g := chart.Group{Name: row.Load}
		for _, name := range r.Servers {
			g.Bars = append(g.Bars, chart.Bar{Server: name, Ratio: r.Ratio(row, name, chartBase(r)).Median})
		}
		groups = append(groups, g)
	}
	return groups
}
