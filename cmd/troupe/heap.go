package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// heapFloor is how large the heap may become before it is collected, in octets. If handlers keep little, most of the
// heap is garbage: the runtime would collect about 4 MiB a hundred times a second, and keep all processors busy with
// that.
const heapFloor = 16 << 20

const (
	usualPercent = 100 // the default of GOGC
	mostPercent  = 400 // the runtime's smallest heap is 4 MiB at 100
)

// A collecting sets GOGC after each collection, so that the next one begins at heapFloor or later.
type collecting struct {
	percent int // the current GOGC
	ended   atomic.Bool
}

// keepHeapFloor delays collections until the heap reaches heapFloor. If GOGC or GOMEMLIMIT is set, it does nothing
// and returns nil.
func keepHeapFloor(environ variables) *collecting {
	if environ.get("GOGC") != "" || environ.get("GOMEMLIMIT") != "" {
		return nil
	}
	c := &collecting{percent: usualPercent}
	c.tune(struct{}{})
	return c
}

// tune is called after each collection, as the cleanup of an object that nobody holds.
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

// percentFor returns the GOGC with which the heap reaches heapFloor, if live octets of it are alive. It returns few
// different values, because each change stops the world.
func percentFor(live uint64) int {
	if live == 0 {
		return mostPercent
	}
	const step = 50
	percent := (heapFloor/float64(live) - 1) * 100
	return int(min(max(percent, usualPercent), mostPercent)) / step * step
}
