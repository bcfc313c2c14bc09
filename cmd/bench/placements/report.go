package placements

import (
	"errors"
	"fmt"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/report"
)

var (
	perSecond = report.Measure{Name: "requests/s"}
	cpuMicros = report.Measure{Name: "CPU µs per request", Digits: 2}
)

// What Troupe must achieve.
const (
	mostOctets   = 1.7 * 1024 // for each idle entity
	leastBlocked = 0.9        // of the rate of net/http with a function that blocks
)

// figures are all that was measured.
type figures struct {
	rates   *report.Results // of the contestants
	blocked *report.Results // of the servers with a function that blocks
	octets  float64         // for each idle entity
	idled   idled
}

func newFigures() *figures {
	return &figures{rates: report.New(names()), blocked: report.New(blockers())}
}

func (f *figures) tables() string { return f.contest() + "\n" + f.counts() }

// contest is the table of the contestants.
func (f *figures) contest() string {
	lines := [][]string{{"who answers", "requests/s", "÷ net/http", "÷ fasthttp", "CPU µs per request", "÷ net/http", "÷ fasthttp"}}
	for _, name := range f.rates.Servers {
		line := []string{name}
		for _, m := range []report.Measure{perSecond, cpuMicros} {
			row := report.Row{Measure: m}
			line = append(line, m.Figure(f.rates.Median(row, name)),
				f.rates.Ratio(row, name, "net/http").String(), f.rates.Ratio(row, name, "fasthttp").String())
		}
		lines = append(lines, line)
	}
	return report.Markdown(lines, 1)
}

// counts is the table of the single measurements.
func (f *figures) counts() string {
	brief := fmt.Sprintf("%s requests of %d clients for %d keys, idle after %s",
		report.Grouped(f.idled.asked), clients, briefKeys, site.BriefTime)
	blocking := fmt.Sprintf("%d clients of a function that blocks for %s", clients, site.BlockTime)
	rate := report.Row{Measure: perSecond}
	return report.Markdown([][]string{
		{"measure", "load", "figure", "goal"},
		{"octets of heap per idle entity", report.Grouped(entities) + " keys", report.Measure{}.Figure(f.octets),
			"≤ " + report.Measure{}.Figure(mostOctets)},
		{"requests that failed", brief, report.Grouped(f.idled.failed), "0"},
		{"actors that were made", brief, report.Grouped(int(f.idled.made)), "–"},
		{"requests/s, Troupe", blocking, perSecond.Figure(f.blocked.Median(rate, roster.Troupe)), "–"},
		{"requests/s, net/http", blocking, perSecond.Figure(f.blocked.Median(rate, roster.NetHTTP)), "–"},
		{"requests/s, Troupe ÷ net/http", blocking, f.blocked.Ratio(rate, roster.Troupe, roster.NetHTTP).String(),
			fmt.Sprintf("≥ %.2f", leastBlocked)},
	}, 2)
}

// verdict fails if Troupe does not achieve that.
func (f *figures) verdict() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if f.octets > mostOctets {
		wrong("an idle entity has %.0f octets of heap, and may have %.0f", f.octets, mostOctets)
	}
	if f.idled.failed > 0 {
		wrong("%d requests failed whose actors stop soon; one of them: %w", f.idled.failed, f.idled.example)
	}
	ratio := f.blocked.Ratio(report.Row{Measure: perSecond}, roster.Troupe, roster.NetHTTP).Median
	if ratio < leastBlocked {
		wrong("of a function that blocks Troupe answers %.2f times of what net/http does, and should %.2f", ratio, leastBlocked)
	}
	return errors.Join(errs...)
}
