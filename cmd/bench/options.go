package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"
)

// pipelinedConnections is how many connections the pipelined load has.
const pipelinedConnections = 64

// options are what the command line of run asks for.
type options struct {
	rounds      int
	lasting     time.Duration
	connections []int
	pipeline    int
	idle        int
	rivals      []string
	profile     string
	publishing
}

// newRun returns the subcommand that measures the servers in health.
func newRun() subcommand { return &options{} }

// Register registers the flags, with their defaults.
func (o *options) Register(flags *flag.FlagSet) {
	*o = options{connections: []int{1, 64, 512}, rivals: serverNames()}
	flags.IntVar(&o.rounds, "rounds", 5, "`number` of rounds; figures are medians over them")
	flags.DurationVar(&o.lasting, "for", 3*time.Second,
		"how long wrk loads a server each time, in whole seconds")
	flags.Var(&intList{&o.connections}, "connections", "`counts` of connections to load with; '' leaves them out")
	flags.IntVar(&o.pipeline, "pipeline", 16,
		fmt.Sprintf("`requests` pipelined, at %d connections; 0 leaves it out", pipelinedConnections))
	flags.IntVar(&o.idle, "idle", 4000,
		"idle `connections` to measure memory with; 0 leaves it out")
	flags.Var(&nameList{&o.rivals}, "peers",
		"`servers` to measure; the first is compared with each of the others")
	o.registerWrite(flags, "the table and the chart")
	flags.StringVar(&o.profile, "profile", "",
		"`directory` for a CPU profile of each Go server, NAME.pprof")
}

// Validate returns nil if the flags can be what they are, or a usageError.
func (o *options) Validate() error {
	switch {
	case o.rounds < 1:
		return usageMistake("--rounds must be at least 1")
	case o.pipeline < 0 || o.pipeline > 1000:
		return usageMistake("--pipeline must be between 0 and 1000")
	case o.idle < 0:
		return usageMistake("--idle must not be negative")
	case o.write && o.profile != "":
		return usageMistake("--write and --profile exclude each other: profiling costs CPU, which would be published")
	case len(o.loads()) == 0 && o.idle == 0:
		return usageMistake("nothing to measure: --connections is empty, --pipeline and --idle are 0")
	}
	for _, n := range o.connections {
		if n < 1 {
			return usageMistake("--connections must be at least 1 each")
		}
	}
	for i, name := range o.rivals {
		if !slices.Contains(serverNames(), name) {
			return usageMistake("--peers: unknown server %q; there are %s",
				name, strings.Join(serverNames(), ", "))
		}
		if slices.Contains(o.rivals[:i], name) {
			return usageMistake("--peers: %s is named twice", name)
		}
	}
	return wholeSeconds(o.lasting)
}

// loads are what wrk is asked to do, in the order in which the report shows them.
func (o *options) loads() []load {
	var loads []load
	for _, n := range o.connections {
		loads = append(loads, load{connections: n, depth: 1})
	}
	if o.pipeline > 0 {
		loads = append(loads, load{connections: pipelinedConnections, depth: o.pipeline})
	}
	return loads
}

// Command returns the command line that repeats this run.
func (o *options) Command() string {
	connections := (&intList{&o.connections}).String()
	if connections == "" {
		connections = "''"
	}
	return fmt.Sprintf("run --rounds %d --for %s --connections %s --pipeline %d --idle %d --peers %s --write",
		o.rounds, o.lasting, connections, o.pipeline, o.idle, strings.Join(o.rivals, ","))
}
