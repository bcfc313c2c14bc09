package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
)

// mistaken matches the error of package flag for a bad value: the value, and the name of the flag.
var mistaken = regexp.MustCompile(`^invalid (?:boolean )?value ("(?:[^"\\]|\\.)*") for (?:flag )?-([a-z-]+): (.*)$`)

// explained adds what package flag leaves out: which values are allowed.
func explained(flags *flag.FlagSet, err error) error {
	if m := mistaken.FindStringSubmatch(err.Error()); m != nil {
		return fmt.Errorf("--%s %s: %s", m[2], m[1], hint(flags.Lookup(m[2]), m[3]))
	}
	text := strings.Replace(err.Error(), "flag provided but not defined: -", "there is no flag --", 1)
	return errors.New(strings.Replace(text, "flag needs an argument: -", "there is no value for --", 1))
}

// hint says which values a flag allows, or else what the flag itself says.
func hint(f *flag.Flag, says string) string {
	value, ok := f.Value.(flag.Getter)
	if !ok {
		return says
	}
	switch value.Get().(type) {
	case bool:
		return "must be true or false"
	case time.Duration:
		return "must be a duration, for example 5s or 1m30s"
	case int, int64:
		return "must be a whole number, for example 100"
	default:
		return "must be debug, info, warn or error"
	}
}

func names(flags *flag.FlagSet) (names []string) {
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}

// usageEnd is the part of the help text that is not about flags.
const usageEnd = `
A flag counts more than its environment variable. Durations are as 500ms, 5s or 1m30s; octets as 500, 64KiB or 1GB.

Signals: the first SIGINT, SIGTERM or SIGHUP drains: nothing new is accepted, and what has begun is finished. The
second ends the program at once.

Exit status: 0 if all exchanges had ended, 1 if not or if the server could not serve, 2 for a mistake in the flags
or the environment.
`

func printUsage(w io.Writer, flags *flag.FlagSet) {
	fmt.Fprintf(w, "troupe serve runs the server until it is interrupted.\n\n")
	flags.VisitAll(func(f *flag.Flag) {
		kind, text := flag.UnquoteUsage(f)
		fmt.Fprintf(w, "  --%-28s %s\n  %-30s default %s, or $%s\n",
			strings.TrimSpace(f.Name+" "+kind), text, "", cmp.Or(f.DefValue, "none"), variable(f.Name))
	})
	fmt.Fprint(w, usageEnd)
}
