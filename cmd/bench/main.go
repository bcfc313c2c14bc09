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
	"os"
	"os/signal"
	"strings"
	"syscall"
)

const usage = `Usage:
  bench [run] [flags]                   measure Troupe beside its peers
  bench peer troupe|nethttp|fasthttp    serve the measured route alone, until SIGTERM

Flags of run:
`

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
	switch name {
	case "run":
		return runCommand(ctx, args)
	case "peer":
		return peerCommand(ctx, args)
	default:
		return &usageError{fmt.Sprintf("unknown command %q; there are run and peer", name)}
	}
}

func runCommand(ctx context.Context, args []string) error {
	opts, err := parseOptions(args)
	if errors.Is(err, flag.ErrHelp) {
		return printUsage(os.Stdout)
	}
	if err != nil {
		return err
	}
	return run(ctx, opts)
}

func printUsage(w io.Writer) error {
	fmt.Fprint(w, usage)
	flags := runFlags(&options{})
	flags.SetOutput(w)
	flags.PrintDefaults()
	return nil
}
