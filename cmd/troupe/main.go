// Troupe serves HTTP/1.1 with actors.
//
//	troupe [serve] [flags]   serve (see troupe serve --help)
//	troupe version           print the version
//	troupe help [serve]      print this, or the flags of serve
package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

const usage = `troupe serves HTTP/1.1 with actors.

  troupe [serve] [flags]   serve; flags: troupe help serve
  troupe version           print the version (also troupe --version)
  troupe help [serve]      print this, or the flags of serve
`

// Exit statuses: exitFailed for a failure while running, exitUsage for a mistake in the command line.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	keepHeapFloor(os.Environ())
	os.Exit(run(os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// run is main with its environment as arguments, so that it can be tested.
func run(args []string, environ variables, stdout, stderr io.Writer) int {
	command := "serve"
	switch {
	case len(args) == 0:
	case args[0] == "--version" || args[0] == "-version":
		command, args = "version", args[1:]
	case args[0] == "" || args[0][0] != '-':
		command, args = args[0], args[1:]
	}
	if command == "help" && len(args) > 0 && args[0] == "serve" {
		args = args[1:]
		if len(args) == 0 {
			command, args = "serve", []string{"--help"}
		}
	}
	if len(args) > 0 && (command == "version" || command == "help") {
		fmt.Fprintf(stderr, "troupe: unexpected argument %q; see troupe help\n", args[0])
		return exitUsage
	}
	switch command {
	case "serve":
		return serveCommand(args, environ, stdout, stderr)
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

// version is the module's version, as the build recorded it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(unknown)"
	}
	return info.Main.Version
}
