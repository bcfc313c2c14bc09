package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Columns of the help.
const (
	helpWidth  = 100
	helpIndent = 36 // of what flags mean
)

// servingEnd is the end of the help for commands with settings.
const servingEnd = `
A flag counts more than its variable, and a variable more than the file. The file is TOML, with
the names of flags as keys: idle-timeout = "10s". Paths, also those in the file, are relative to
the working directory. Durations are as 500ms, 5s or 1m30s; octets as 500, 64KiB or 1GB.

Signals: the first SIGINT, SIGTERM or SIGHUP drains: nothing new is accepted, and what has begun is
finished. The second ends the program at once.

Exit status: 0 if all exchanges had ended, 1 if not or if the server could not serve, 2 for a
mistake in the settings.

troupe help lists the other commands.
`

// printHelp prints the help for a command.
func printHelp(c *cobra.Command, _ []string) {
	w := c.OutOrStdout()
	fmt.Fprintf(w, "%s\n\n", strings.TrimSpace(cmp.Or(c.Long, c.Short)))
	if c.HasAvailableSubCommands() {
		for _, one := range c.Commands() {
			if !one.Hidden {
				printEntry(w, one.UseLine(), one.Short)
			}
		}
		return
	}
	fmt.Fprintf(w, "  %s\n", c.UseLine())
	all := settingsOf(c)
	for i, s := range all {
		if i == 0 || s.group != all[i-1].group {
			fmt.Fprintf(w, "\n%s:\n", s.group)
		}
		printEntry(w, strings.TrimSpace("--"+s.name+" "+s.kind.word), s.about)
		fmt.Fprintf(w, "%*sdefault %s, or $%s\n", helpIndent, "", cmp.Or(s.initial, "none"), variable(s.name))
	}
	if len(all) > 0 {
		fmt.Fprint(w, servingEnd)
		return
	}
	fmt.Fprintln(w)
	c.LocalFlags().VisitAll(func(f *pflag.Flag) { printEntry(w, "--"+f.Name, f.Usage) })
}

// printEntry prints a name and, beside it, what it means.
func printEntry(w io.Writer, name, about string) {
	line := fmt.Sprintf("  %-*s", helpIndent-3, name)
	for word := range strings.FieldsSeq(about) {
		if len(line)+1+len(word) > helpWidth {
			fmt.Fprintln(w, line)
			line = strings.Repeat(" ", helpIndent-1)
		}
		line += " " + word
	}
	fmt.Fprintln(w, line)
}
