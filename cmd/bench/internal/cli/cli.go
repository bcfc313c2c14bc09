// Package cli has the common parts of the commands of the bench: flags, usage errors, and the end of the program.
package cli

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

// A Subcommand has its own flags, and runs after they were parsed.
type Subcommand interface {
	// Register registers its flags, with their defaults.
	Register(flags *flag.FlagSet)

	// Validate returns nil if the values of the flags are allowed, or a UsageError.
	Validate() error

	// Command returns the command line that repeats it. It leaves out the path of the page: that does not change a
	// figure, and a published page should not show local paths.
	Command() string

	// Run does what it is for.
	Run(ctx context.Context) error
}

// FlagsOf returns the flags of a subcommand, which set it when they are parsed.
func FlagsOf(s Subcommand) *flag.FlagSet {
	flags := NewFlags()
	s.Register(flags)
	return flags
}

// Parse sets the flags of a subcommand. It returns nil, flag.ErrHelp or a UsageError.
func Parse(s Subcommand, args []string) error {
	if err := ParseFlags(FlagsOf(s), args); err != nil {
		return err
	}
	return s.Validate()
}

// NewFlags returns an empty set of flags whose errors only Main prints.
func NewFlags() *flag.FlagSet {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// ParseFlags returns nil, flag.ErrHelp or a UsageError.
func ParseFlags(flags *flag.FlagSet, args []string) error {
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err != nil:
		return &UsageError{err.Error()}
	case flags.NArg() > 0:
		return &UsageError{fmt.Sprintf("unexpected argument %q", flags.Arg(0))}
	}
	return nil
}

// UsageError is a mistake in the command line; it ends with status 2, every other failure with 1.
type UsageError struct{ reason string }

// Mistake returns a UsageError for that reason.
func Mistake(format string, args ...any) error {
	return &UsageError{fmt.Sprintf(format, args...)}
}

// Error returns the reason.
func (e *UsageError) Error() string { return e.reason }

// Main does the work of a program until it is done or a signal ends its context, and returns the
// status that the program ends with.
func Main(work func(context.Context) error) (status int) {
	ctx, cancel := signal.NotifyContext(context.Background(),
		os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := work(ctx)
	interrupted := ctx.Err() != nil
	cancel()
	return exitStatus(err, interrupted)
}

// exitStatus tells the user what went wrong, in one line.
func exitStatus(err error, interrupted bool) int {
	var mistaken *UsageError
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

// WholeSeconds returns nil if d, the value of --for, is an allowed duration of a run.
func WholeSeconds(d time.Duration) error {
	switch {
	case d < time.Second || d%time.Second != 0:
		return Mistake("--for must be whole seconds, such as 3s")
	case d > 10*time.Minute:
		return Mistake("--for must be at most 10m")
	}
	return nil
}
