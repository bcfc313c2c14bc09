package main

// measure is what a figure counts, with its unit.
type measure string

const (
	perSecond      measure = "requests/s"
	cpuMicros      measure = "CPU µs per request"
	latency50      measure = "latency p50, µs"
	latency99      measure = "latency p99, µs"
	idleMemKiB     measure = "resident KiB per idle connection"
	idleGoroutines measure = "goroutines per idle connection"
)

// row is one line of the report: a measure under a load.
type row struct {
	measure measure
	load    string
}

// cell is a row's figure of one server.
type cell struct {
	row
	peer string
}

// results hold every figure of every round.
type results struct {
	peers  []string // in the order of the report; the first is compared with the others
	rows   []row
	rounds map[cell][]float64
}

func newResults(o options) *results {
	r := &results{peers: o.peers, rounds: map[cell][]float64{}}
	for _, m := range []measure{perSecond, cpuMicros, latency50, latency99} {
		for _, l := range o.loads() {
			r.rows = append(r.rows, row{m, l.String()})
		}
	}
	if o.idle > 0 {
		for _, m := range []measure{idleMemKiB, idleGoroutines} {
			for _, kind := range idleKinds {
				r.rows = append(r.rows, row{m, idleLoad(o.idle, kind)})
			}
		}
	}
	return r
}

func idleLoad(count int, kind idleKind) string { return grouped(count) + " connections" + kind.label }

// add appends the figure of one more round.
func (r *results) add(m measure, load, peer string, value float64) {
	c := cell{row{m, load}, peer}
	r.rounds[c] = append(r.rounds[c], value)
}

func (r *results) median(of row, peer string) float64 { return median(r.rounds[cell{of, peer}]) }

func (r *results) ratio(of row, a, b string) ratio {
	return compareRounds(r.rounds[cell{of, a}], r.rounds[cell{of, b}])
}

// rowsOf are the rows of one measure.
func (r *results) rowsOf(m measure) []row {
	var rows []row
	for _, row := range r.rows {
		if row.measure == m {
			rows = append(rows, row)
		}
	}
	return rows
}
