package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// A sandbox is a copy of the module in which mutants are compiled and tested. The original is only read.
type sandbox struct {
	root    string // folder of everything
	folder  string // of the package, relative to the root of the module, with slashes
	tests   string // a regular expression, "" for all
	timeout time.Duration
}

// mostMemory is how much tests may address, in KiB, so that a mutant that appends without end fails.
const mostMemory = 8 << 20

// newSandbox copies the module, without its history.
func newSandbox(module, folder string) (*sandbox, error) {
	root, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return nil, err
	}
	s := &sandbox{root: root, folder: folder}
	err = filepath.WalkDir(module, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(module, path)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".git":
			return filepath.SkipDir
		case entry.IsDir():
			return os.MkdirAll(s.code(below), 0o700)
		case !entry.Type().IsRegular():
			return nil
		}
		octets, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(s.code(below), octets, 0o600)
	})
	if err = errors.Join(err, os.Mkdir(s.scratch(), 0o700)); err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

func (s *sandbox) code(below string) string {
	return filepath.Join(s.root, "module", filepath.FromSlash(below))
}
func (s *sandbox) scratch() string           { return filepath.Join(s.root, "tmp") } // for files that tests leave behind
func (s *sandbox) binary(name string) string { return filepath.Join(s.root, name+".exe") }
func (s *sandbox) remove() error             { return os.RemoveAll(s.root) }

// with replaces sources of the copy, and puts the old ones back after do.
func (s *sandbox) with(sources map[string][]byte, do func() error) (err error) {
	for name, source := range sources {
		old, readErr := os.ReadFile(s.code(name))
		if readErr != nil && !errors.Is(readErr, fs.ErrNotExist) {
			return readErr
		}
		defer func() {
			if readErr != nil {
				err = errors.Join(err, os.Remove(s.code(name)))
			} else {
				err = errors.Join(err, os.WriteFile(s.code(name), old, 0o600))
			}
		}()
		if err := os.WriteFile(s.code(name), source, 0o600); err != nil {
			return err
		}
	}
	return do()
}

// build compiles the tests of the package, without debug information. It returns the output of the compiler.
func (s *sandbox) build(ctx context.Context, name string, flags ...string) (output []byte, err error) {
	arguments := append([]string{"test", "-c", "-vet=off", "-ldflags=-s -w", "-o", s.binary(name)}, flags...)
	command := exec.CommandContext(ctx, "go", append(arguments, "./"+s.folder)...)
	command.Dir = s.code("")
	command.Env = append(os.Environ(), "GOWORK=off")
	return command.CombinedOutput()
}

// run runs the built tests with one mutant on. They end themselves when they take too long, or are killed soon after.
func (s *sandbox) run(ctx context.Context, name string, mutant int, patience time.Duration, flags ...string) (outcome, []byte) {
	ctx, cancel := context.WithTimeout(ctx, patience+5*time.Second)
	defer cancel()
	arguments := append([]string{"-test.short", "-test.timeout=" + patience.String(), "-test.run=" + s.tests}, flags...)
	command := exec.CommandContext(ctx, s.binary(name), arguments...)
	if runtime.GOOS != "windows" {
		limited := fmt.Sprintf(`ulimit -v %d 2>/dev/null; exec "$0" "$@"`, mostMemory)
		command = exec.CommandContext(ctx, "sh", append([]string{"-c", limited, s.binary(name)}, arguments...)...)
	}
	var output bytes.Buffer
	command.Stdout, command.Stderr, command.WaitDelay = &output, &output, time.Second
	command.Dir = s.code(s.folder)
	command.Env = append(os.Environ(), "TMPDIR="+s.scratch(), "TMP="+s.scratch(), "GOWORK=off", fmt.Sprint("MUTANT=", mutant))
	switch err := command.Run(); {
	case err == nil:
		return survived, output.Bytes()
	case ctx.Err() != nil || strings.Contains(output.String(), "panic: test timed out"):
		return hung, output.Bytes()
	}
	return noticed, output.Bytes()
}
