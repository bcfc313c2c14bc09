package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestTheHeapReachesItsFloor(t *testing.T) {
	for live, want := range map[uint64]int{0: 400, 1: 400, 3 << 20: 400, 4 << 20: 300, 5 << 20: 200, 6 << 20: 150, 8 << 20: 100, 1 << 30: 100} {
		got := percentFor(live)
		if got != want {
			t.Errorf("%d octets are alive: want %d, got %d", live, want, got)
		}
		if goal := live + live*uint64(got)/100; got > usualPercent && goal > heapFloor && live > 4<<20 {
			t.Errorf("%d octets are alive: the heap may reach %d", live, goal)
		}
	}
}

// The user's settings of the collector win.
func TestWhoSetsTheCollector(t *testing.T) {
	for _, environ := range []variables{{"GOGC=100"}, {"GOGC=off"}, {"GOMEMLIMIT=1GiB"}} {
		if keepHeapFloor(environ) != nil {
			t.Errorf("%v: want it left alone", environ)
		}
	}
	if percent := debug.SetGCPercent(usualPercent); percent != usualPercent {
		t.Fatalf("want nothing set so far, got %d", percent)
	}
}

// A live heap is collected as usual: otherwise it would grow to five times its size.
func TestALargeHeapIsCollectedAsUsual(t *testing.T) {
	defer debug.SetGCPercent(usualPercent)
	c := keepHeapFloor(nil)
	defer c.ended.Store(true)
	wantPercent(t, "little is alive", mostPercent)
	large := make([]byte, 4*heapFloor)
	wantPercent(t, "much is alive", usualPercent)
	runtime.KeepAlive(large)
	wantPercent(t, "it is not any more", mostPercent)
}

// wantPercent wants GOGC to be that after a few collections.
func wantPercent(t *testing.T, why string, want int) {
	t.Helper()
	got := 0
	for range 50 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond) // the runtime cleans up in its own time
		got = debug.SetGCPercent(want)
		debug.SetGCPercent(got)
		if got == want {
			return
		}
	}
	t.Errorf("%s: want GOGC %d, got %d", why, want, got)
}
