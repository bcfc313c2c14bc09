package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options are what the command line of run asks for.
type options struct {
	rounds      int
	lasting     time.Duration
	connections []int
	pipeline    int
	idle        int
	peers       []string
	profile     string
	publishing
}

// runFlags registers the flags of run, with their defaults, on a set that writes into o.
func runFlags(o *options) *flag.FlagSet {
	*o = options{connections: []int{1, 64, 512}, peers: peerNames()}
	flags := newFlags()
	flags.IntVar(&o.rounds, "rounds", 5, "`number` of rounds; figures are medians over them")
	flags.DurationVar(&o.lasting, "for", 3*time.Second,
		"how long wrk loads a server each time, in whole seconds")
	flags.Var(&intList{&o.connections}, "connections", "`counts` of connections to load with; '' leaves them out")
	flags.IntVar(&o.pipeline, "pipeline", 16,
		fmt.Sprintf("`requests` pipelined, at %d connections; 0 leaves it out", pipelinedConnections))
	flags.IntVar(&o.idle, "idle", 4000,
		"idle `connections` to measure memory with; 0 leaves it out")
	flags.Var(&nameList{&o.peers}, "peers",
		"`servers` to measure; the first is compared with each of the others")
	o.publishing.register(flags, "the table and the chart")
	flags.StringVar(&o.profile, "profile", "",
		"`directory` for a CPU profile of each Go server, NAME.pprof")
	return flags
}

func newRun() subcommand {
	o := &options{}
	return subcommand{runFlags(o), o.validate, func(ctx context.Context) error { return run(ctx, *o) }}
}

// newFlags is an empty set of flags whose mistakes are told by exitStatus alone.
func newFlags() *flag.FlagSet {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// parseFlags returns flag.ErrHelp or a usageError.
func parseFlags(flags *flag.FlagSet, args []string) error {
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err != nil:
		return &usageError{err.Error()}
	case flags.NArg() > 0:
		return &usageError{fmt.Sprintf("unexpected argument %q", flags.Arg(0))}
	}
	return nil
}

// wholeSeconds is nil if d, the value of --for, is one that a run may last.
func wholeSeconds(d time.Duration) error {
	switch {
	case d < time.Second || d%time.Second != 0:
		return &usageError{"--for must be whole seconds, such as 3s"}
	case d > 10*time.Minute:
		return &usageError{"--for must be at most 10m"}
	}
	return nil
}

func (o *options) validate() error {
	switch {
	case o.rounds < 1:
		return &usageError{"--rounds must be at least 1"}
	case o.pipeline < 0 || o.pipeline > 1000:
		return &usageError{"--pipeline must be between 0 and 1000"}
	case o.idle < 0:
		return &usageError{"--idle must not be negative"}
	case o.write && o.profile != "":
		return &usageError{"--write and --profile exclude each other: profiling costs CPU, which would be published"}
	case len(o.loads()) == 0 && o.idle == 0:
		return &usageError{"nothing to measure: --connections is empty, --pipeline and --idle are 0"}
	}
	for _, n := range o.connections {
		if n < 1 {
			return &usageError{"--connections must be at least 1 each"}
		}
	}
	for i, name := range o.peers {
		if !slices.Contains(peerNames(), name) {
			return &usageError{fmt.Sprintf("--peers: unknown server %q; there are %s",
				name, strings.Join(peerNames(), ", "))}
		}
		if slices.Contains(o.peers[:i], name) {
			return &usageError{fmt.Sprintf("--peers: %s is named twice", name)}
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

// command is the command line that repeats this run. It leaves out where the page goes: that does
// not change a figure, and a published page should not show the paths of somebody's machine.
func (o *options) command() string {
	connections := (&intList{&o.connections}).String()
	if connections == "" {
		connections = "''"
	}
	return fmt.Sprintf("run --rounds %d --for %s --connections %s --pipeline %d --idle %d --peers %s --write",
		o.rounds, o.lasting, connections, o.pipeline, o.idle, strings.Join(o.peers, ","))
}

// intList is a flag of whole numbers between commas; none at all is the empty text.
type intList struct{ to *[]int }

func (l *intList) String() string {
	if l.to == nil {
		return ""
	}
	words := make([]string, len(*l.to))
	for i, n := range *l.to {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ",")
}

func (l *intList) Set(text string) error {
	*l.to = nil
	if text == "" {
		return nil
	}
	for word := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil {
			return fmt.Errorf("%q is not a whole number", word)
		}
		*l.to = append(*l.to, n)
	}
	return nil
}

// nameList is a flag of names between commas.
type nameList struct{ to *[]string }

func (l *nameList) String() string {
	if l.to == nil {
		return ""
	}
	return strings.Join(*l.to, ",")
}

func (l *nameList) Set(text string) error {
	*l.to = nil
	for word := range strings.SplitSeq(text, ",") {
		*l.to = append(*l.to, strings.TrimSpace(word))
	}
	return nil
}
