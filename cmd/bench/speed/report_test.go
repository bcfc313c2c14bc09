package speed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/troupe-go/troupe/cmd/bench/report"
	"github.com/troupe-go/troupe/cmd/bench/report/page"
)

// someResults are two rounds of two servers under one load.
func someResults() *report.Results {
	r := newResults(options{rivals: []string{"troupe", "fasthttp"}, connections: []int{64}, idle: 4000})
	for round := range 2 {
		n := float64(round)
		r.Add(perSecond, "64 connections", "troupe", 120000+n*10000)
		r.Add(perSecond, "64 connections", "fasthttp", 100000)
		r.Add(cpuMicros, "64 connections", "troupe", 8)
		r.Add(cpuMicros, "64 connections", "fasthttp", 10+n*6)
		r.Add(latency50, "64 connections", "troupe", 300)
		r.Add(latency50, "64 connections", "fasthttp", 400)
		r.Add(latency99, "64 connections", "troupe", 1500)
		r.Add(latency99, "64 connections", "fasthttp", 1500)
		r.Add(idleMemKiB, "4 000 connections", "troupe", 5.5)
		r.Add(idleMemKiB, "4 000 connections", "fasthttp", 16.5)
		r.Add(idleMemKiB, "4 000 connections over TLS", "troupe", 15) // nobody has to serve all
		r.Add(idleGoroutines, "4 000 connections", "troupe", 0)
		r.Add(idleGoroutines, "4 000 connections", "fasthttp", 1)
	}
	return r
}

func TestTable(t *testing.T) {
	want := `
| measure                          | load                           |  Troupe | fasthttp | Troupe ÷ fasthttp |
| -------------------------------- | ------------------------------ | ------: | -------: | ----------------: |
| requests/s                       | 64 connections                 | 125 000 |  100 000 |  1.25 (1.20–1.30) |
| CPU µs per request               | 64 connections                 |    8.00 |    13.00 |  0.65 (0.50–0.80) |
| latency p50, µs                  | 64 connections                 |     300 |      400 |              0.75 |
| latency p99, µs                  | 64 connections                 |   1 500 |    1 500 |              1.00 |
| resident KiB per idle connection | 4 000 connections              |    5.50 |    16.50 |              0.33 |
| resident KiB per idle connection | 4 000 connections over TLS     |   15.00 |        – |                 – |
| resident KiB per idle connection | 4 000 connections from a proxy |       – |        – |                 – |
| goroutines per idle connection   | 4 000 connections              |    0.00 |     1.00 |              0.00 |
| goroutines per idle connection   | 4 000 connections over TLS     |       – |        – |                 – |
| goroutines per idle connection   | 4 000 connections from a proxy |       – |        – |                 – |
`
	if got := someResults().Table(); got != strings.TrimPrefix(want, "\n") {
		t.Errorf("the table is\n%s\nwant\n%s", got, want)
	}
}

func TestChartShowsRatios(t *testing.T) {
	svg := drawChart(someResults())
	for _, want := range []string{">1.25<", ">0.65<", ">64 connections<", "fasthttp = 1.0", "prefers-color-scheme: dark"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the chart lacks %q", want)
		}
	}
}

func TestChartWithoutFastHTTP(t *testing.T) {
	r := newResults(options{rivals: []string{"troupe", "nginx"}, idle: 1})
	if svg := drawChart(r); !strings.Contains(svg, "Troupe = 1.0") {
		t.Error("without fasthttp, the first server is the base")
	}
}

func TestWritingTwiceKeepsTheProse(t *testing.T) {
	to := page.Publishing{Write: true, Out: t.TempDir()}
	when := page.Circumstances{Date: "2026-11-23", Commit: "commit abc", Command: "go run ."}
	for range 2 {
		target, err := page.Open(to, page.Performance)
		if err != nil {
			t.Fatal(err)
		}
		if err := target.Publish(block(someResults(), when, 2)); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(to.Out, page.Performance.File))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# Performance", "commit abc", "medians of 2 rounds", "(performance.svg)", "1.25 (1.20–1.30)", "## How to read it"} {
		if strings.Count(string(text), want) != 1 {
			t.Errorf("the page has %q %d times, want once", want, strings.Count(string(text), want))
		}
	}
}
