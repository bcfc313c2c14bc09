// Troupe serves HTTP/1.1 with actors.
//
//	troupe [serve] [flags]   serve (see troupe serve --help)
//	troupe version           print the version
//	troupe help              print this
package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

const usage = `troupe serves HTTP/1.1 with actors.

  troupe [serve] [flags]   serve; flags: troupe serve --help
  troupe version           print the version
  troupe help              print this
`

// Exit statuses: what went wrong while running, and what was wrong with the command line.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	os.Exit(run(os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run is main with its surroundings as arguments, so that it can be tested.
func run(args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	command := "serve"
	if len(args) > 0 && (args[0] == "" || args[0][0] != '-') {
		command, args = args[0], args[1:]
	}
	if len(args) > 0 && (command == "version" || command == "help") {
		fmt.Fprintf(stderr, "troupe: unexpected argument %q; see troupe help\n", args[0])
		return exitUsage
	}
	switch command {
	case "serve":
		return serveCommand(args, getenv, stdout, stderr)
	case "version":
		fmt.Fprintln(stdout, "troupe", version())
		return exitOK
	case "help":
		fmt.Fprint(stdout, usage)
		return exitOK
	}
	fmt.Fprintf(stderr, "troupe: unknown command %q; see troupe help\n", command)
	return exitUsage
}

// version is that of the module, as the build recorded it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(unknown)"
	}
	return info.Main.Version
}
