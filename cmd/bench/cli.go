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
	"time"
)

// A subcommand is one that has flags of its own, which it runs with when they were parsed.
type subcommand interface {
	// Register registers its flags, with their defaults.
	Register(flags *flag.FlagSet)

	// Validate returns nil if the flags can be what they are, or a usageError.
	Validate() error

	// Command returns the command line that repeats it. It leaves out where the page goes: that does not
	// change a figure, and a published page should not show the paths of somebody's machine.
	Command() string

	// Run does what it is for.
	Run(ctx context.Context) error
}

// flagsOf returns the flags of a subcommand, which set it when they are parsed.
func flagsOf(s subcommand) *flag.FlagSet {
	flags := newFlags()
	s.Register(flags)
	return flags
}

// parse sets the flags of a subcommand. It returns nil, flag.ErrHelp or a usageError.
func parse(s subcommand, args []string) error {
	if err := parseFlags(flagsOf(s), args); err != nil {
		return err
	}
	return s.Validate()
}

// newFlags returns an empty set of flags whose mistakes are told by runMain alone.
func newFlags() *flag.FlagSet {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// parseFlags returns nil, flag.ErrHelp or a usageError.
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

// usageError is a mistake in the command line; it ends with status 2, every other failure with 1.
type usageError struct{ reason string }

// mistake returns a usageError for that reason.
func usageMistake(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// Error returns the reason.
func (e *usageError) Error() string { return e.reason }

// runMain does the work of a program until it is done or a signal ends its context, and returns the
// status that the program ends with.
func runMain(work func(context.Context) error) (status int) {
	ctx, cancel := signal.NotifyContext(context.Background(),
		os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := work(ctx)
	interrupted := ctx.Err() != nil
	cancel()
	return exitStatus(err, interrupted)
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

// wholeSeconds returns nil if d, the value of --for, is one that a run may last.
func wholeSeconds(d time.Duration) error {
	switch {
	case d < time.Second || d%time.Second != 0:
		return usageMistake("--for must be whole seconds, such as 3s")
	case d > 10*time.Minute:
		return usageMistake("--for must be at most 10m")
	}
	return nil
}
