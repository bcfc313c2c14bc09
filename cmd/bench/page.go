package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// What a page is where a directory has none yet.
//
//go:embed page.md
var performanceTemplate string

//go:embed page_reliability.md
var reliabilityTemplate string

// A page is a document with a marked place for the report of one command. People edit what stands
// around the markers; the bench replaces what stands between them.
type page struct{ file, template, mark string }

var performancePage = page{"performance.md", performanceTemplate, "bench"}

// reliabilityPage has a place for each of the commands that share it.
func reliabilityPage(mark string) page { return page{"reliability.md", reliabilityTemplate, mark} }

func (p page) begin() string { return "<!-- " + p.mark + ":begin -->" }
func (p page) end() string   { return "<!-- " + p.mark + ":end -->" }

// publishing is what the command line says of where a report goes besides the output.
type publishing struct {
	write bool
	out   string
}

// registerWrite registers its flags: what is what --write writes.
func (p *publishing) registerWrite(flags *flag.FlagSet, what string) {
	flags.BoolVar(&p.write, "write", false, "write "+what+" to the documentation")
	flags.StringVar(&p.out, "out", "",
		"`directory` that --write writes to (default docs/explanation of the repository)")
}

// target is a page on disk that is to be rewritten; the zero target is nowhere.
type target struct {
	page
	dir string
}

// A picture is shown by a page and lies beside it.
type picture struct{ file, svg string }

// openTarget fails if the page cannot be rewritten.
func openTarget(to publishing, p page) (target, error) {
	if !to.write {
		return target{}, nil
	}
	dir := to.out
	if dir == "" {
		root, err := repositoryRoot()
		if err != nil {
			return target{}, err
		}
		dir = filepath.Join(root, "docs", "explanation")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return target{}, err
	}
	t := target{p, dir}
	_, err := t.with("")
	return t, err
}

// with is the page as it would be with that report.
func (t target) with(report string) (string, error) {
	path := filepath.Join(t.dir, t.file)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		text, err = []byte(t.template), nil
	}
	if err != nil {
		return "", err
	}
	replaced, err := t.replaceBlock(string(text), report)
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return replaced, nil
}

// publish puts the report between the markers of the page, and the pictures beside the page.
func (t target) publish(report string, pictures ...picture) error {
	if t.dir == "" {
		return nil
	}
	text, err := t.with(report)
	if err != nil {
		return err
	}
	err = os.WriteFile(filepath.Join(t.dir, t.file), []byte(text), 0o644)
	for _, p := range pictures {
		err = errors.Join(err, os.WriteFile(filepath.Join(t.dir, p.file), []byte(p.svg), 0o644))
	}
	return err
}

// replaceBlock puts a report between the markers.
func (p page) replaceBlock(text, report string) (string, error) {
	before, rest, begun := strings.Cut(text, p.begin())
	_, after, ended := strings.Cut(rest, p.end())
	if !begun || !ended {
		return "", fmt.Errorf("the page needs the lines %s and %s, for the figures between them", p.begin(), p.end())
	}
	return before + p.begin() + "\n" + strings.TrimSpace(report) + "\n" + p.end() + after, nil
}

// repositoryRoot is the nearest directory, upwards, that holds the module of Troupe.
func repositoryRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		module, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && isTroupe(string(module)) {
			return dir, nil
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", errors.New("--write needs --out DIR when it does not run inside the repository")
		}
		dir = above
	}
}

func isTroupe(module string) bool {
	for line := range strings.Lines(module) {
		if strings.TrimSpace(line) == "module github.com/troupe-go/troupe" {
			return true
		}
	}
	return false
}
