package handlers

import (
	"errors"
	"fmt"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/report"
	"github.com/troupe-go/troupe/cmd/bench/speed/wrk"
)

var (
	perSecond = report.Measure{Name: "requests/s"}
	cpuMicros = report.Measure{Name: "CPU µs per request", Digits: 1}
)

// A task is a path that some servers are asked for.
type task struct {
	name    string
	servers []string // Troupe, and those that it is compared with
	load    wrk.Load
}

var (
	both  = []string{roster.Troupe, roster.NetHTTP}
	three = []string{roster.Troupe, roster.NetHTTP, roster.Nginx}
)

// The tasks, in the order of the report. The file of the upstream is proxied: nginx serves it.
var tasks = []task{
	{smallFile, three, wrk.Load{Connections: 64, Depth: 1, Path: site.FilesPath + site.SmallFile}},
	{largeFile, three, wrk.Load{Connections: 4, Depth: 1, Path: site.FilesPath + site.LargeFile}},
	{proxied, three, wrk.Load{Connections: 64, Depth: 1, Path: site.ProxiedPath + site.SmallFile}},
	{adapter, both, wrk.Load{Connections: 64, Depth: 1, Path: site.AdapterPath}},
}

const (
	smallFile = "a file of 1 KiB"
	largeFile = "a file of 100 MiB"
	proxied   = "a proxy"
	adapter   = "a handler of net/http"
)

// listened are the servers whose events are measured.
var listened = both

// What Troupe must achieve.
const (
	leastOfNginx = 0.7      // of its rate with files
	mostAdapter  = 1.3      // of the CPU of net/http
	mostOctets   = 5 * 1024 // for each client that listens
)

// figures are all that was measured.
type figures struct {
	rates     *report.Results
	events    map[string]heard
	listeners int
}

func newFigures(listeners int) *figures {
	return &figures{rates: report.New(three), events: map[string]heard{}, listeners: listeners}
}

func (f *figures) tables() string { return f.rateTable() + "\n" + f.eventTable() }

func (f *figures) rateTable() string {
	lines := [][]string{{"task", "measure", "Troupe", "net/http", "nginx", "÷ net/http", "÷ nginx"}}
	for _, t := range tasks {
		for _, m := range []report.Measure{perSecond, cpuMicros} {
			row := report.Row{Measure: m, Load: t.name}
			line := []string{t.name, m.Name}
			for _, name := range three {
				if figure := f.rates.Median(row, name); len(f.rates.Rounds(row, name)) > 0 {
					line = append(line, m.Figure(figure))
				} else {
					line = append(line, "–")
				}
			}
			line = append(line, f.rates.Ratio(row, roster.Troupe, roster.NetHTTP).String())
			if len(f.rates.Rounds(row, roster.Nginx)) > 0 {
				line = append(line, f.rates.Ratio(row, roster.Troupe, roster.Nginx).String())
			} else {
				line = append(line, "–")
			}
			lines = append(lines, line)
		}
	}
	return report.Markdown(lines, 2)
}

func (f *figures) eventTable() string {
	ours, theirs := f.events[roster.Troupe], f.events[roster.NetHTTP]
	whole := report.Measure{}
	return report.Markdown([][]string{
		{fmt.Sprintf("events, %s listeners", report.Grouped(f.listeners)), "Troupe", "net/http", "goal"},
		{"octets of heap and stacks per silent listener", whole.Figure(ours.octets), whole.Figure(theirs.octets), "≤ " + whole.Figure(mostOctets)},
		{fmt.Sprintf("events delivered, of %s", report.Grouped(ours.sent)), report.Grouped(ours.delivered), report.Grouped(theirs.delivered), "all"},
		{"CPU µs per delivered event", cpuMicros.Figure(ours.cpu), cpuMicros.Figure(theirs.cpu), "–"},
	}, 1)
}

// verdict fails if Troupe does not achieve what it must.
func (f *figures) verdict() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, name := range []string{smallFile, largeFile} {
		if ratio := f.rates.Ratio(report.Row{Measure: perSecond, Load: name}, roster.Troupe, roster.Nginx).Median; ratio < leastOfNginx {
			wrong("of %s Troupe answers %.2f times of what nginx does, and should %.2f", name, ratio, leastOfNginx)
		}
	}
	if ratio := f.rates.Ratio(report.Row{Measure: cpuMicros, Load: adapter}, roster.Troupe, roster.NetHTTP).Median; ratio > mostAdapter {
		wrong("%s needs %.2f times the CPU of net/http, and may need %.2f", adapter, ratio, mostAdapter)
	}
	ours := f.events[roster.Troupe]
	if ours.octets > mostOctets {
		wrong("a silent listener has %.0f octets, and may have %d", ours.octets, mostOctets)
	}
	if ours.delivered < ours.sent {
		wrong("%d of %d events were lost", ours.sent-ours.delivered, ours.sent)
	}
	return errors.Join(errs...)
}
