package memory

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/memory/assault"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
)

func TestMain(m *testing.M) { os.Exit(rivals.RunOrServe(m)) }

// Each assault reaches its servers, and leaves them alive.
func TestAssaults(t *testing.T) {
	for _, a := range assault.All() {
		a.Connections = min(a.Connections, 4)
		for _, name := range a.Rivals() {
			t.Run(a.Name+", "+name, func(t *testing.T) {
				t.Parallel()
				var got toll
				// On a machine that is busy an assault may be over before it has begun.
				for lasting := 500 * time.Millisecond; got.sent == 0 && lasting < time.Minute; lasting *= 4 {
					o := measuring{lasting: lasting}
					var err error
					if got, err = o.measure(t.Context(), name, a); err != nil {
						t.Fatal(err)
					}
				}
				if got.connections == 0 || got.sent == 0 || got.start == 0 || got.highest < got.start || got.after == 0 {
					t.Errorf("got %+v, want connections, octets and memory", got)
				}
				if a.Quiet && (got.connections != a.Connections || got.held == 0) {
					t.Errorf("got %+v, want %d connections, open and looked at", got, a.Connections)
				}
			})
		}
	}
}

func TestAnAssaultOfAnotherName(t *testing.T) {
	if got, err := named("idle, TLS"); err != nil || len(got) != 1 || !got[0].Secure() {
		t.Errorf("got %d, %v, want the one with TLS", len(got), err)
	}
	if got, err := named(""); err != nil || len(got) != len(assault.All()) {
		t.Errorf("got %d, %v, want all", len(got), err)
	}
}

// someMemory is a report on two assaults.
func someMemory() tolls {
	silent := assault.Assault{Name: "idle, TLS", Connections: 1000, Most: 16, Quiet: true, Serve: "memory-tls"}
	hoard := assault.Assault{Name: "hoarded", Connections: 4, Most: 256, Content: true}
	m := tolls{assaults: []assault.Assault{silent, hoard}, tolls: map[string]map[string]toll{}}
	for range 2 {
		m.add(silent, "troupe", toll{connections: 1000, start: 20 << 10, highest: 40 << 10, held: 30 << 10, after: 21 << 10})
		m.add(silent, "nethttp", toll{connections: 1000, start: 20 << 10, highest: 60 << 10, held: 50 << 10, after: 22 << 10})
		m.add(hoard, "troupe", toll{connections: 4, sent: 5 << 20, start: 20 << 10, highest: 100 << 10, after: 20 << 10,
			uploads: load.Tally{Offered: 2, Served: []float64{1, 2}}})
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
	m.add(m.assaults[1], "troupe", toll{uploads: load.Tally{Offered: 1, Shed: []float64{1}}})
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
