package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

const (
	// quietPolls is how often in a row a server has to have as much as the time before to be idle.
	quietPolls = 4
	pollEvery  = 500 * time.Millisecond
	idleBound  = 45 * time.Second // longer than the handler timeout

	// vitalsBound is how long a server may need to tell what it has.
	vitalsBound = 10 * time.Second

	// leaving is how long a server may need for what its clients left behind: its other timeouts,
	// and the workers that Troupe keeps for a while.
	leaving = 25 * time.Second
)

// How much more than before a server may have when all clients are gone.
const (
	moreGoroutines  = 10
	moreDescriptors = 4
	moreMemory      = 16 << 10 // KiB, besides a quarter of what it had
)

// vitals are what a server process has.
type vitals struct {
	kib, goroutines, descriptors int
	injected                     map[string]int
}

// allowed is what the server may have afterwards.
func (v vitals) allowed() vitals {
	return vitals{
		kib:         v.kib + v.kib/4 + moreMemory,
		goroutines:  v.goroutines + moreGoroutines,
		descriptors: v.descriptors + moreDescriptors,
	}
}

// injectedSince are the faults that its handlers had since then.
func (v vitals) injectedSince(before vitals) map[string]int {
	since := map[string]int{}
	for what, n := range v.injected {
		since[what] = n - before.injected[what]
	}
	return since
}

// settledVitals waits until what the server has no longer changes, and is what it had before. Without
// a before it waits for as long as the timeouts may take. When it has waited long enough it takes
// what is there.
func settledVitals(ctx context.Context, p *process, before *vitals) (v vitals, err error) {
	quiet := 0
	for start := time.Now(); time.Since(start) < idleBound; {
		rest(ctx, pollEvery)
		last := v
		if v, err = readVitals(ctx, p); err != nil {
			return v, err
		}
		if v.goroutines == last.goroutines && v.descriptors == last.descriptors {
			quiet++
		} else {
			quiet = 0
		}
		idle := before == nil && time.Since(start) > leaving || before != nil && v.within(before.allowed())
		if quiet >= quietPolls && idle {
			return v, nil
		}
	}
	return v, nil
}

func (v vitals) within(allowed vitals) bool {
	return v.kib <= allowed.kib && v.goroutines <= allowed.goroutines && v.descriptors <= allowed.descriptors
}

// readVitals asks the server itself for its goroutines, and the kernel for the rest. That its garbage
// is collected and given back first is done by the question.
func readVitals(ctx context.Context, p *process) (v vitals, err error) {
	visitor := &visitor{addr: p.addr}
	defer visitor.close()
	r, err := visitor.ask(ctx, getRequest(soakPath), time.Now().Add(vitalsBound))
	if err != nil {
		return v, fmt.Errorf("asking for its vitals: %w", err)
	}
	var state soakState
	if err := json.Unmarshal([]byte(r.body), &state); err != nil {
		return v, fmt.Errorf("its vitals are %.60q: %w", r.body, err)
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.pid()))
	if err != nil {
		return v, err
	}
	kib, err := resident(p.pid())
	return vitals{kib, state.Goroutines, len(files), state.Injected}, err
}
