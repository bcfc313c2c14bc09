package main

import (
	"errors"

	"github.com/spf13/cobra"
)

// addCompletion adds the library's command that prints completion scripts for shells.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		c.Use, c.DisableFlagsInUseLine = "completion SHELL", true
		c.Short = "print a script with which a shell completes commands, flags and values"
		c.Long = "troupe completion prints a script for a shell; troupe completion bash --help says how to load it."
		c.Args = noCommand
		c.RunE = func(c *cobra.Command, _ []string) error {
			return errors.New("which shell? troupe completion bash, for example")
		}
		for _, shell := range c.Commands() {
			shell.Args = noArguments
			shell.Short = "print the script for " + shell.Name()
		}
	}
}

// isCompletion reports whether a shell asks how a command line goes on.
func isCompletion(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// completeValues tells the library how the values of flags are completed. It keeps that for as long as the process
// lives, so we only do it if a shell asks.
func completeValues(root *cobra.Command) error {
	for _, c := range root.Commands() {
		for _, s := range settingsOf(c) {
			if err := c.RegisterFlagCompletionFunc(s.name, s.kind.completion()); err != nil {
				return err
			}
		}
	}
	return nil
}

// completion says which values a flag may have.
func (k kind) completion() cobra.CompletionFunc {
	switch {
	case k.file == "*":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	case k.file == "/":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	case k.file != "":
		return cobra.FixedCompletions([]string{k.file}, cobra.ShellCompDirectiveFilterFileExt)
	case len(k.choices) > 0:
		return cobra.FixedCompletions(k.choices, cobra.ShellCompDirectiveNoFileComp)
	}
	return cobra.NoFileCompletions
}
