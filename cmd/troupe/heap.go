package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// heapFloor is how large the heap may become before it is collected, in octets. In a server whose handlers keep little,
// little of it is alive: the runtime would collect some 4 MiB a hundred times a second, and keep all processors busy with
// that.
const heapFloor = 16 << 20

const (
	usualPercent = 100 // GOGC, unless it is set
	mostPercent  = 400 // the least heap of the runtime is 4 MiB at 100
)

// A collecting sets GOGC after each collection, so that the next one begins at heapFloor or later.
type collecting struct {
	percent int // of now
	ended   atomic.Bool
}

// keepHeapFloor has the heap reach heapFloor before it is collected, unless GOGC or GOMEMLIMIT is set: then it is nil.
func keepHeapFloor(environ variables) *collecting {
	if environ.get("GOGC") != "" || environ.get("GOMEMLIMIT") != "" {
		return nil
	}
	c := &collecting{percent: usualPercent}
	c.tune(struct{}{})
	return c
}

// tune is called after each collection: the runtime cleans up after an object that nobody holds.
func (c *collecting) tune(struct{}) {
	if c.ended.Load() {
		return
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if percent := percentFor(live[0].Value.Uint64()); percent != c.percent {
		debug.SetGCPercent(percent)
		c.percent = percent
	}
	runtime.AddCleanup(new([16]byte), c.tune, struct{}{})
}

// percentFor is the GOGC with which the heap reaches heapFloor if so much of it is alive. It has few values, because the
// world stops when it changes.
func percentFor(live uint64) int {
	if live == 0 {
		return mostPercent
	}
	const step = 50
	percent := (heapFloor/float64(live) - 1) * 100
	return int(min(max(percent, usualPercent), mostPercent)) / step * step
}
