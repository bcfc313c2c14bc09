package main

import (
	"fmt"
	"time"
)

// The measures that several of these experiments have.
var (
	goodput     = measure{"goodput, requests/s", 0}
	goodputKept = measure{"goodput ÷ goodput at 1×", 2}
	unsentShare = measure{"not offered, %", 1}
)

// fillingTime is how long load is offered before it counts: every queue begins empty, and what a
// server does until it is full is not what it does under overload.
const fillingTime = 2 * time.Second

// mostUnsent is how many percent of the requests the generator may leave out, in the median round:
// with more of them the load was not the one that the report names.
const mostUnsent = 2

// offeredAll fails if the generator left too much out.
func offeredAll(r *results) error {
	for _, row := range r.rowsOf(unsentShare) {
		for _, name := range r.servers {
			if unsent := r.median(row, name); unsent > mostUnsent {
				return fmt.Errorf("%s, %s: the generator could not offer %.1f %% of the requests, and may leave out %d %%",
					label(name), row.load, unsent, mostUnsent)
			}
		}
	}
	return nil
}
