// Command mutate changes a package in one place after another, and lists the changes that its tests do not notice. It
// works in a copy of the module, with the tests of that package only.
//
//	go run ./cmd/mutate ./wire
//	go run ./cmd/mutate --n 100 --seed 1 --run 'Queue|Mailbox' --func '^queue' ./actors
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command(ctx, os.Stdout, os.Args[1:]); err != nil && err != flag.ErrHelp {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func command(ctx context.Context, out io.Writer, arguments []string) error {
	var c campaign
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	flags.StringVar(&c.files, "file", "", "only files whose path matches the `regexp`")
	flags.StringVar(&c.functions, "func", "", "only functions that match the `regexp`, for example ^Decoder\\.")
	flags.StringVar(&c.run, "run", "", "only tests that match the `regexp`")
	flags.IntVar(&c.most, "n", 0, "how many mutants, chosen at random; 0 for all")
	flags.Uint64Var(&c.seed, "seed", 1, "of the choice")
	flags.DurationVar(&c.timeout, "timeout", 0, "after which tests count as hanging; 0 for five times as long as they take")
	flags.DurationVar(&c.during, "for", 0, "begin no mutant after this time; 0 for no end")
	flags.StringVar(&c.known, "known", "", "a `page` that lists survivors: those are counted, and not shown")
	flags.BoolVar(&c.each, "each", false, "measure each test first, and test a mutant with those that come to it before all: where all take long")
	flags.BoolVar(&c.list, "list", false, "list the mutants, and test none")
	flags.BoolVar(&c.verbose, "v", false, "show what becomes of each mutant")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return fmt.Errorf("want one package, for example ./wire")
	}
	if err := c.locate(flags.Arg(0)); err != nil {
		return err
	}
	return c.do(ctx, out)
}

// locate finds the module and the package, with those files of it that are compiled here.
func (c *campaign) locate(of string) error {
	const format = "{{.Module.Dir}}\n{{.Module.Path}}\n{{.Dir}}\n{{.Name}}\n{{join .GoFiles \"\\n\"}}"
	output, err := exec.Command("go", "list", "-f", format, of).Output()
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	if err != nil || len(lines) < 5 {
		return fmt.Errorf("%s is no package of a module: %w", of, err)
	}
	c.root, c.module, c.name, c.sources = lines[0], lines[1], lines[3], lines[4:]
	folder, err := filepath.Rel(c.root, lines[2])
	c.folder = filepath.ToSlash(folder)
	return err
}
