package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// An argument is a setting that may be given without its flag.
type argument struct {
	setting string
	word    string // stands for it in the help, and is its name in mistakes
	check   func(text string) error
}

// arguments are those of a command, in order. If a command line has fewer, the last ones are given.
type arguments []argument

// usage returns the arguments as the help has them.
func (a arguments) usage() (text string) {
	for _, one := range a {
		text += " [" + one.word + "]"
	}
	return text
}

// takenBy gives settings the arguments of a command line.
func (a arguments) takenBy(all settings) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > len(a) {
			return fmt.Errorf("unexpected argument %q", args[len(a)])
		}
		for i, one := range a[len(a)-len(args):] {
			if one.check != nil {
				if err := one.check(args[i]); err != nil {
					return err
				}
			}
			all.find(one.setting).given = &given{one.word, args[i]}
		}
		return nil
	}
}

// completedBy says how a shell completes the arguments: it completes the one that stands alone.
func (a arguments) completedBy(all settings) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= len(a) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return all.find(a[len(a)-1].setting).kind.completion()(c, args, text)
	}
}

// given is the text of an argument, for read.
type given struct{ word, text string }

// readArgument sets a setting from its argument. Its flag may say the same, but nothing else.
func (s *setting) readArgument() error {
	if s.given == nil {
		return nil
	}
	for _, flagged := range s.flagged {
		if flagged != s.given.text {
			return fmt.Errorf("%s %q with --%s %q: give one of them", s.given.word, s.given.text, s.name, flagged)
		}
	}
	return s.set(origin{name: s.given.word}, s.given.text, []string{s.given.text})
}
