package main

import (
	"strings"
	"testing"
)

// someResults are two rounds of two servers under one load.
func someResults() *results {
	r := newResults(options{peers: []string{"troupe", "fasthttp"}, connections: []int{64}, idle: 4000})
	for round := range 2 {
		n := float64(round)
		r.add(perSecond, "64 connections", "troupe", 120000+n*10000)
		r.add(perSecond, "64 connections", "fasthttp", 100000)
		r.add(cpuMicros, "64 connections", "troupe", 8)
		r.add(cpuMicros, "64 connections", "fasthttp", 10+n*6)
		r.add(latency50, "64 connections", "troupe", 300)
		r.add(latency50, "64 connections", "fasthttp", 400)
		r.add(latency99, "64 connections", "troupe", 1500)
		r.add(latency99, "64 connections", "fasthttp", 1500)
		r.add(idleMemKiB, "4 000 connections", "troupe", 5.5)
		r.add(idleMemKiB, "4 000 connections", "fasthttp", 16.5)
		r.add(idleMemKiB, "4 000 connections over TLS", "troupe", 15) // nobody has to serve all
		r.add(idleGoroutines, "4 000 connections", "troupe", 0)
		r.add(idleGoroutines, "4 000 connections", "fasthttp", 1)
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
	if got := someResults().table(); got != strings.TrimPrefix(want, "\n") {
		t.Errorf("the table is\n%s\nwant\n%s", got, want)
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1 000", 95012: "95 012", 1234567: "1 234 567", -1000: "-1 000"} {
		if got := grouped(n); got != want {
			t.Errorf("grouped(%d) = %q, want %q", n, got, want)
		}
	}
}
