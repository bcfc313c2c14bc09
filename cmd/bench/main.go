// Command bench measures Troupe beside its rivals: net/http, fasthttp and nginx with one worker,
// which is the yardstick of the limit. Each serves the same route in a process of its own, wrk
// loads them in turns, and the figures are medians over several rounds, compared pair by pair.
//
// It is a module of its own, so that the rivals never reach the go.sum of those who use Troupe.
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
  bench rival troupe|nethttp|fasthttp   serve what is measured, until SIGTERM; --serve says what

bench COMMAND -h lists the flags of a command.

Flags of %s:
`

var subcommands = map[string]func() subcommand{
	"run":      newRun,
	"overload": newOverload,
	"crash":    newCrash,
	"slow":     newSlow,
	"soak":     newSoak,
	"memory":   newMemory,
	"poison":   newPoison,
	"fair":     newFair,
}

func main() {
	os.Exit(runMain(func(ctx context.Context) error { return command(ctx, os.Args[1:]) }))
}

// command does what the command line asks for.
func command(ctx context.Context, args []string) error {
	name := "run"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	if name == rivalCommandName {
		return rivalCommand(ctx, args)
	}
	create, known := subcommands[name]
	if !known {
		return usageMistake("unknown command %q; there are rival, %s", name,
			strings.Join(slices.Sorted(maps.Keys(subcommands)), ", "))
	}
	sub := create()
	err := parse(sub, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		printUsage(os.Stdout, name, flagsOf(sub))
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
