// Command bench measures Troupe beside its rivals: net/http, fasthttp, and as a yardstick nginx with one worker. Each
// serves the same route in its own process, wrk loads them in turns, and the figures are medians over several rounds,
// compared pair by pair.
//
// Other commands measure how servers behave when things go wrong, and the cost of each placement of a handler. Each
// is a package that this one starts.
//
//	speed overload crash slow soak memory poison fair
//	placements handlers                                  the experiments, one for each command
//	goodput vitals                                       what several of them share
//	rivals load report                                   the servers, their clients, and what is written
//	internal/...                                         processes, the machine, the command line
//
// Only rivals/troupe imports package actors. Package strictness has only tests.
//
// It is a separate module, so that the rivals never reach the go.sum of Troupe's users.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/troupe-go/troupe/cmd/bench/crash"
	"github.com/troupe-go/troupe/cmd/bench/fair"
	"github.com/troupe-go/troupe/cmd/bench/handlers"
	"github.com/troupe-go/troupe/cmd/bench/internal/cli"
	"github.com/troupe-go/troupe/cmd/bench/memory"
	"github.com/troupe-go/troupe/cmd/bench/overload"
	"github.com/troupe-go/troupe/cmd/bench/placements"
	"github.com/troupe-go/troupe/cmd/bench/poison"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
	"github.com/troupe-go/troupe/cmd/bench/slow"
	"github.com/troupe-go/troupe/cmd/bench/soak"
	"github.com/troupe-go/troupe/cmd/bench/speed"
)

const usage = `Usage:
  bench [run] [flags]                   measure Troupe beside its rivals
  bench overload [flags]                offer Troupe, net/http and fasthttp more than they can do
  bench crash [flags]                   measure how soon Troupe answers for handlers that fail
  bench slow [flags]                    attack Troupe with slowhttptest, and ask after its health
  bench soak [flags]                    torment one Troupe, and check every answer and what is left
  bench memory [flags]                  attack Troupe and net/http, and see how much memory they hold
  bench poison [flags]                  measure what requests that crash a handler cost the others
  bench fair [flags]                    put greedy clients beside polite ones, and see who is served
  bench placements [flags]              measure what each placement of a handler costs
  bench handlers [flags]                measure files, a proxy, an adapter and events
  bench rival troupe|nethttp|fasthttp   serve what is measured, until SIGTERM; --serve says what

bench COMMAND -h lists the flags of a command.

Flags of %s:
`

var subcommands = map[string]func() cli.Subcommand{
	"run":        speed.New,
	"overload":   overload.New,
	"crash":      crash.New,
	"slow":       slow.New,
	"soak":       soak.New,
	"memory":     memory.New,
	"poison":     poison.New,
	"fair":       fair.New,
	"placements": placements.New,
	"handlers":   handlers.New,
}

func main() {
	os.Exit(cli.Main(func(ctx context.Context) error { return command(ctx, os.Args[1:]) }))
}

// command does what the command line asks for.
func command(ctx context.Context, args []string) error {
	name := "run"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	if name == rivals.CommandName {
		return rivals.Command(ctx, args)
	}
	create, known := subcommands[name]
	if !known {
		return cli.Mistake("unknown command %q; there are rival, %s", name,
			strings.Join(slices.Sorted(maps.Keys(subcommands)), ", "))
	}
	sub := create()
	err := cli.Parse(sub, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		printUsage(os.Stdout, name, cli.FlagsOf(sub))
		return nil
	case err != nil:
		return err
	}
	return sub.Run(ctx)
}

func printUsage(w io.Writer, name string, flags *flag.FlagSet) {
	fmt.Fprintf(w, usage, name)
	flags.SetOutput(w)
	flags.PrintDefaults()
}
