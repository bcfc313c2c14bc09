package main

import (
	"flag"
	"time"
)

// repeating is what the command line says of how often and for how long a load is measured.
type repeating struct {
	rounds  int
	lasting time.Duration
}

// registerRounds registers its flags: over is what the figures are of several rounds, and what is what
// lasts.
func (r *repeating) registerRounds(flags *flag.FlagSet, rounds int, over string, lasting time.Duration, what string) {
	flags.IntVar(&r.rounds, "rounds", rounds, "`number` of rounds; figures are "+over)
	flags.DurationVar(&r.lasting, "for", lasting, "how long each "+what+", in whole seconds")
}

// Validate returns nil if there is at least one round and each lasts as long as a run may, or a usageError.
func (r *repeating) Validate() error {
	if r.rounds < 1 {
		return usageMistake("--rounds must be at least 1")
	}
	return wholeSeconds(r.lasting)
}
