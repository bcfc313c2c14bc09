// Command bench measures Troupe beside its peers: net/http, fasthttp and nginx with one worker,
// which is the yardstick of the limit. Each serves the same route in a process of its own, wrk
// loads them in turns, and the figures are medians over several rounds, compared pair by pair.
//
// It is a module of its own, so that the peers never reach the go.sum of those who use Troupe.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

const usage = `Usage:
  bench [run] [flags]                   measure Troupe beside its peers
  bench overload [flags]                offer Troupe, net/http and fasthttp more than they can do
  bench crash [flags]                   measure how soon Troupe answers for handlers that fail
  bench slow [flags]                    attack Troupe with slowhttptest, and ask after its health
  bench soak [flags]                    torment one Troupe, and check every answer and what is left
  bench memory [flags]                  attack Troupe and net/http, and see how much memory they hold
  bench poison [flags]                  measure what requests that crash a handler cost the others
  bench fair [flags]                    put greedy clients beside polite ones, and see who is served
  bench peer troupe|nethttp|fasthttp    serve what is measured, until SIGTERM; --serve says what

bench COMMAND -h lists the flags of a command.

Flags of %s:
`

// A subcommand is one that has flags of its own, which it runs with when they were parsed.
type subcommand struct {
	flags    *flag.FlagSet
	validate func() error
	run      func(context.Context) error
}

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

// parse returns nil, flag.ErrHelp or a usageError.
func (s subcommand) parse(args []string) error {
	if err := parseFlags(s.flags, args); err != nil {
		return err
	}
	return s.validate()
}

// usageError is a mistake in the command line; it ends with status 2, every other failure with 1.
type usageError struct{ reason string }

func (e *usageError) Error() string { return e.reason }

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(),
		os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := command(ctx, os.Args[1:])
	interrupted := ctx.Err() != nil
	cancel()
	os.Exit(exitStatus(err, interrupted))
}

// exitStatus tells the user what went wrong, in one line.
func exitStatus(err error, interrupted bool) int {
	var mistaken *usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &mistaken):
		fmt.Fprintf(os.Stderr, "bench: %v (bench -h lists the flags)\n", err)
		return 2
	case interrupted:
		fmt.Fprintln(os.Stderr, "bench: interrupted; every server it started is stopped")
		return 1
	default:
		reason := strings.ReplaceAll(err.Error(), "\n", "; ") // as errors.Join separates them
		fmt.Fprintf(os.Stderr, "bench: %s\n", reason)
		return 1
	}
}

func command(ctx context.Context, args []string) error {
	name := "run"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	if name == "peer" {
		return peerCommand(ctx, args)
	}
	create, known := subcommands[name]
	if !known {
		return &usageError{fmt.Sprintf("unknown command %q; there are peer, %s", name,
			strings.Join(slices.Sorted(maps.Keys(subcommands)), ", "))}
	}
	sub := create()
	err := sub.parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		printUsage(os.Stdout, name, sub.flags)
		return nil
	case err != nil:
		return err
	}
	return sub.run(ctx)
}

func printUsage(w io.Writer, name string, flags *flag.FlagSet) {
	fmt.Fprintf(w, usage, name)
	flags.SetOutput(w)
	flags.PrintDefaults()
}
