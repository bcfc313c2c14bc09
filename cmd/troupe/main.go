// Troupe serves HTTP/1.1 with actors.
//
//	troupe [serve] [flags]   serve (see troupe serve --help)
//	troupe help              print all commands
package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"
)

// Exit statuses: exitFailed for a failure while running, exitUsage for a mistake in the settings.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	cobra.MousetrapHelpText = "" // on Windows, a double click serves, as troupe alone does
	keepHeapFloor(os.Environ())
	os.Exit(run(os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// A process is what a command has of its process.
type process struct {
	environ        variables
	stdout, stderr io.Writer
	status         int // the exit status of a command that found no mistake in its settings
}

// run is main with its environment as arguments, so that it can be tested.
func run(args []string, environ variables, stdout, stderr io.Writer) int {
	p := &process{environ: environ, stdout: stdout, stderr: stderr}
	root := newRoot(p)
	if isCompletion(args) {
		if err := completeValues(root); err != nil {
			complain(stderr, err.Error())
			return exitFailed
		}
	}
	root.SetArgs(completed(root, args))
	command, err := root.ExecuteC()
	if err != nil {
		complain(stderr, err.Error()+"; see "+helpFor(command))
		return exitUsage
	}
	return p.status
}

// helpFor returns the command line that prints the help for a command.
func helpFor(command *cobra.Command) string {
	if len(settingsOf(command)) == 0 {
		return "troupe help"
	}
	return command.CommandPath() + " --help"
}
