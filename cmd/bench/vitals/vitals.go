// Package vitals measures what a server process has, and whether it is idle again.
package vitals

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/internal/process"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/load"
)

const (
	// quietPolls is how often in a row a server must have the same as before to count as idle.
	quietPolls = 4

	// PollEvery is how long to wait between two looks at a server.
	PollEvery = 500 * time.Millisecond

	idleBound = 45 * time.Second // longer than the handler timeout

	// answerBound is how long a server may take to report what it has.
	answerBound = 10 * time.Second

	// Leaving is how long a server may take to free what its clients left behind: its other timeouts, and the workers
	// that Troupe keeps for a while.
	Leaving = 25 * time.Second
)

// How much more than before a server may have when all clients are gone.
const (
	moreGoroutines  = 10
	moreDescriptors = 4
	MoreMemory      = 16 << 10 // KiB, plus a quarter of what it had
)

// Vitals are what a server process has.
type Vitals struct {
	KiB         int            // of resident memory
	Goroutines  int            // running
	Descriptors int            // open
	Injected    map[string]int // intended faults of its handlers, by kind
}

// Allowed is what the server may have afterwards.
func (v Vitals) Allowed() Vitals {
	return Vitals{
		KiB:         v.KiB + v.KiB/4 + MoreMemory,
		Goroutines:  v.Goroutines + moreGoroutines,
		Descriptors: v.Descriptors + moreDescriptors,
	}
}

// InjectedSince returns the faults that its handlers had since then.
func (v Vitals) InjectedSince(before Vitals) map[string]int {
	since := map[string]int{}
	for what, n := range v.Injected {
		since[what] = n - before.Injected[what]
	}
	return since
}

// Settled waits until the server's vitals no longer change, and are what they were before. Without a before it waits
// for as long as the timeouts may take. After that it returns the last reading.
func Settled(ctx context.Context, p *process.Process, before *Vitals) (v Vitals, err error) {
	quiet := 0
	for start := time.Now(); time.Since(start) < idleBound; {
		machine.Rest(ctx, PollEvery)
		last := v
		if v, err = read(ctx, p); err != nil {
			return v, err
		}
		if v.Goroutines == last.Goroutines && v.Descriptors == last.Descriptors {
			quiet++
		} else {
			quiet = 0
		}
		idle := before == nil && time.Since(start) > Leaving || before != nil && v.within(before.Allowed())
		if quiet >= quietPolls && idle {
			return v, nil
		}
	}
	return v, nil
}

func (v Vitals) within(allowed Vitals) bool {
	return v.KiB <= allowed.KiB && v.Goroutines <= allowed.Goroutines && v.Descriptors <= allowed.Descriptors
}

// read asks the server itself for its goroutines, and the kernel for the rest. The server collects its garbage, and
// gives it back, before it answers.
func read(ctx context.Context, p *process.Process) (v Vitals, err error) {
	visitor := &load.Visitor{Addr: p.Addr}
	defer visitor.Close()
	r, err := visitor.Ask(ctx, load.Get(site.SoakPath), time.Now().Add(answerBound))
	if err != nil {
		return v, fmt.Errorf("asking for its vitals: %w", err)
	}
	var state site.SoakState
	if err := json.Unmarshal([]byte(r.Body), &state); err != nil {
		return v, fmt.Errorf("its vitals are %.60q: %w", r.Body, err)
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.PID()))
	if err != nil {
		return v, err
	}
	kib, err := machine.Resident(p.PID())
	return Vitals{kib, state.Goroutines, len(files), state.Injected}, err
}
