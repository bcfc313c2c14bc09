package cli

import (
	"flag"
	"time"
)

// Repeating holds the flags for how often and how long a load is measured.
type Repeating struct {
	Rounds  int           // how often
	Lasting time.Duration // how long each time
}

// RegisterRounds registers its flags. In their help, over names the figures of several rounds, and what names the
// thing that lasts.
func (r *Repeating) RegisterRounds(flags *flag.FlagSet, rounds int, over string, lasting time.Duration, what string) {
	flags.IntVar(&r.Rounds, "rounds", rounds, "`number` of rounds; figures are "+over)
	flags.DurationVar(&r.Lasting, "for", lasting, "how long each "+what+", in whole seconds")
}

// Validate returns nil if there is at least one round, and each has an allowed duration; otherwise a UsageError.
func (r *Repeating) Validate() error {
	if r.Rounds < 1 {
		return Mistake("--rounds must be at least 1")
	}
	return WholeSeconds(r.Lasting)
}
