package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"
)

// newValidateCommand makes the command that reads what troupe serve reads, and serves nothing.
func newValidateCommand(p *process) *cobra.Command {
	o := &options{}
	all := serveSettings(o)
	c := &cobra.Command{
		Use:               "validate [flags]" + serveArguments.usage(),
		Short:             "check the settings of troupe serve, and print those that differ from their defaults",
		Long:              "troupe validate reads flags, environment and file as troupe serve does, and serves nothing.",
		Args:              serveArguments.takenBy(all),
		ValidArgsFunction: serveArguments.completedBy(all),
		RunE: func(*cobra.Command, []string) error {
			if err := o.read(all, p.environ); err != nil {
				return err
			}
			if err := cmp.Or(o.keyPair.check(), o.acme.look(), o.site.look()); err != nil {
				return all.told(err)
			}
			all.printSet(p)
			return nil
		},
	}
	all.define(c)
	return c
}

// printSet prints the settings that differ from their defaults, as lines of a file, with their origins.
func (all settings) printSet(p *process) {
	p.complainOfUnknown()
	for _, s := range all {
		if s.value.String() != s.initial && s.name != "config" {
			fmt.Fprintf(p.stdout, "%s # %s\n", shown(s.line()), shown(s.origin.String()))
		}
	}
}

// complainOfUnknown names variables that set nothing.
func (p *process) complainOfUnknown() {
	for _, name := range p.environ.unknown() {
		complain(p.stderr, "there is no variable "+quotedWithNearest(name, knownVariables()))
	}
}
