package main

import (
	"strings"
	"testing"
	"time"
)

// Each assault reaches the servers that it is for, and leaves them alive.
func TestAssaults(t *testing.T) {
	for _, a := range assaults() {
		a.connections = min(a.connections, 4)
		for _, name := range a.rivals() {
			t.Run(a.name+", "+name, func(t *testing.T) {
				t.Parallel()
				var got toll
				// On a machine that is busy an assault may be over before it has begun.
				for lasting := 500 * time.Millisecond; got.sent == 0 && lasting < time.Minute; lasting *= 4 {
					o := memoryOptions{repeating: repeating{lasting: lasting}}
					var err error
					if got, err = o.measure(t.Context(), name, a); err != nil {
						t.Fatal(err)
					}
				}
				if got.connections == 0 || got.sent == 0 || got.start == 0 || got.highest < got.start || got.after == 0 {
					t.Errorf("got %+v, want connections, octets and memory", got)
				}
				if a.quiet && (got.connections != a.connections || got.held == 0) {
					t.Errorf("got %+v, want %d connections, open and looked at", got, a.connections)
				}
			})
		}
	}
}

func TestAnAssaultOfAnotherName(t *testing.T) {
	if got, err := assaultsNamed("idle, TLS"); err != nil || len(got) != 1 || !got[0].secure() {
		t.Errorf("got %d, %v, want the one with TLS", len(got), err)
	}
	if got, err := assaultsNamed(""); err != nil || len(got) != len(assaults()) {
		t.Errorf("got %d, %v, want all", len(got), err)
	}
}

// someMemory is a report on two assaults.
func someMemory() memoryReport {
	silent := assault{name: "idle, TLS", connections: 1000, most: 16, quiet: true, serve: "memory-tls"}
	hoard := assault{name: "hoarded", connections: 4, most: 256, content: true}
	m := memoryReport{assaults: []assault{silent, hoard}, tolls: map[string]map[string]toll{}}
	for range 2 {
		m.add(silent, "troupe", toll{connections: 1000, start: 20 << 10, highest: 40 << 10, held: 30 << 10, after: 21 << 10})
		m.add(silent, "nethttp", toll{connections: 1000, start: 20 << 10, highest: 60 << 10, held: 50 << 10, after: 22 << 10})
		m.add(hoard, "troupe", toll{connections: 4, sent: 5 << 20, start: 20 << 10, highest: 100 << 10, after: 20 << 10,
			uploads: tally{offered: 2, served: []float64{1, 2}}})
	}
	return m
}

func TestMemoryTables(t *testing.T) {
	want := `
| attack    | connections | sent | start | highest | documented most | after | net/http: highest | net/http: after |
| --------- | ----------: | ---: | ----: | ------: | --------------: | ----: | ----------------: | --------------: |
| idle, TLS |       1 000 |    0 |    20 |      40 |              75 |    21 |                60 |              22 |
| hoarded   |           4 |    5 |    20 |     100 |             199 |    20 |                 – |               – |

| a silent connection, KiB | Troupe | documented most | net/http | Troupe ÷ net/http |
| ------------------------ | -----: | --------------: | -------: | ----------------: |
| idle, TLS                |   10.2 |              16 |     30.7 |              0.33 |

| uploads of others, while content is hoarded | 200 | 503 | other answer, or none |
| ------------------------------------------- | --: | --: | --------------------: |
| Troupe                                      |   4 |   0 |                     0 |
`
	m := someMemory()
	if got := m.tables(); got != strings.TrimPrefix(want, "\n") {
		t.Errorf("the tables are\n%s\nwant\n%s", got, want)
	}
	if err := m.verdict(); err != nil {
		t.Error(err)
	}
	m.assaults = m.assaults[1:]
	if got := m.tables(); strings.Contains(got, "silent") {
		t.Errorf("without a silent assault there is a table of those:\n%s", got)
	}
}

func TestMemoryAboveTheDocumentedMostFails(t *testing.T) {
	m := someMemory()
	bad := m.tolls["idle, TLS"]["troupe"]
	bad.highest, bad.held, bad.after = 80<<10, 40<<10, 50<<10
	m.add(m.assaults[0], "troupe", bad)
	m.add(m.assaults[1], "troupe", toll{uploads: tally{offered: 1, shed: []float64{1}}})
	err := m.verdict()
	for _, want := range []string{
		"idle, TLS: 80 MiB were resident, and 75 are the documented most",
		"idle, TLS: 50 MiB are left, and 41 allowed",
		"idle, TLS: 20.5 KiB for each connection, and 16 are the documented most",
		"idle, TLS: 20.5 KiB for each connection, above 0.5 times the 30.7 of net/http",
		"hoarded: 80.0 % of the uploads of others were served",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
