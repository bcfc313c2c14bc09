package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newRoot makes the tree of all commands.
func newRoot(p *process) *cobra.Command {
	root := &cobra.Command{
		Use:           "troupe",
		Short:         "troupe serves HTTP/1.1 with actors.",
		Args:          noCommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetHelpFunc(printHelp)
	root.SetFlagErrorFunc(explained)
	root.SetHelpCommand(newHelpCommand())
	root.AddCommand(newServeCommand(p), newProxyCommand(p), newRespondCommand(p), newRoutesCommand(p), newValidateCommand(p),
		newNewCommand(p), newVersionCommand(p))
	addCompletion(root)
	for _, c := range root.Commands() {
		c.InitDefaultHelpFlag()
	}
	return root
}

// newHelpCommand makes the command that prints the help for another one.
func newHelpCommand() *cobra.Command {
	return &cobra.Command{
		Use:                   "help [command]",
		Short:                 "print this, or the help for a command",
		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				word := args[len(args)-max(len(rest), 1)]
				return errors.New("unexpected argument " + quotedWithNearest(word, namesOf(c.Root())))
			}
			return about.Help()
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return namesOf(c.Root()), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// noArguments is for commands that have only flags.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q", args[0])
	}
	return nil
}

// noCommand is for commands that have commands of their own: an argument is a name that none of them has.
func noCommand(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return errors.New("unknown command " + quotedWithNearest(args[0], namesOf(c)))
	}
	return nil
}

// namesOf returns the names of the commands below a command.
func namesOf(c *cobra.Command) (names []string) {
	for _, one := range c.Commands() {
		if !one.Hidden {
			names = append(names, one.Name())
		}
	}
	return names
}

// completed adds what may be left out of a command line: the command serve, and the second dash of a flag.
func completed(root *cobra.Command, args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"serve"}
	case isCompletion(args):
		return slices.Concat(args[:1], completed(root, args[1:]))
	case args[0] == "--version" || args[0] == "-version":
		args = slices.Concat([]string{"version"}, args[1:])
	case strings.HasPrefix(args[0], "-"):
		args = slices.Concat([]string{"serve"}, args)
	}
	return withBothDashes(args, func(name string) *pflag.Flag { return flagOfAny(root, name) })
}

// withBothDashes writes -addr as --addr. What follows a flag that needs a value is that value, and stays.
func withBothDashes(args []string, lookup func(name string) *pflag.Flag) []string {
	args = slices.Clone(args)
	for i := 0; i < len(args) && args[i] != "--"; i++ {
		name, _, hasValue := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		dashes := len(args[i]) - len(strings.TrimLeft(args[i], "-"))
		flag := lookup(name)
		if flag == nil || dashes == 0 || dashes > 2 {
			continue
		}
		if dashes == 1 && len(name) > 1 {
			args[i] = "-" + args[i]
		}
		if !hasValue && flag.NoOptDefVal == "" {
			i++
		}
	}
	return args
}

// flagOfAny returns the flag of that name of the first command that has one.
func flagOfAny(root *cobra.Command, name string) *pflag.Flag {
	for _, c := range root.Commands() {
		if flag := c.Flags().Lookup(name); flag != nil {
			return flag
		}
	}
	return nil
}

// explained says what is wrong with a flag, in our words.
func explained(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var valueless *pflag.ValueRequiredError
	var bad *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return fmt.Errorf("there is no flag -%s", unknown.GetSpecifiedShortnames())
	case errors.As(err, &unknown):
		text := "there is no flag --" + unknown.GetSpecifiedName()
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := nearest(unknown.GetSpecifiedName(), names); near != "" {
			text += ": the nearest is --" + near
		}
		return errors.New(text)
	case errors.As(err, &valueless):
		return fmt.Errorf("there is no value for --%s", valueless.GetSpecifiedName())
	case errors.As(err, &bad):
		return fmt.Errorf("--%s %q: must be true or false", bad.GetFlag().Name, bad.GetValue())
	}
	return err
}
