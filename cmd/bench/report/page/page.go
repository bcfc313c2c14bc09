// Package page writes reports into the pages of the documentation.
package page

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The content of a page that a directory does not have yet.
//
//go:embed performance.md
var performanceTemplate string

//go:embed reliability.md
var reliabilityTemplate string

// A Page is a document with a marked place for the report of one command. People edit the text around the markers;
// the bench replaces the text between them.
type Page struct {
	File string // its name

	template, mark string
}

// The page of the servers in health has a place for each of three commands.
var (
	Performance = Page{"performance.md", performanceTemplate, "bench"}
	Placements  = Page{"performance.md", performanceTemplate, "placements"}
	Handlers    = Page{"performance.md", performanceTemplate, "handlers"}
)

// Reliability returns a page of servers in trouble, which has a place for each of the commands that share it.
func Reliability(mark string) Page { return Page{"reliability.md", reliabilityTemplate, mark} }

func (p Page) begin() string { return "<!-- " + p.mark + ":begin -->" }
func (p Page) end() string   { return "<!-- " + p.mark + ":end -->" }

// Publishing holds the flags for where a report goes besides the output.
type Publishing struct {
	Write bool   // it goes into a page
	Out   string // the directory of that page, or "" for that of the documentation
}

// RegisterWrite registers its flags. In their help, what names the thing that --write writes.
func (p *Publishing) RegisterWrite(flags *flag.FlagSet, what string) {
	flags.BoolVar(&p.Write, "write", false, "write "+what+" to the documentation")
	flags.StringVar(&p.Out, "out", "",
		"`directory` that --write writes to (default docs/explanation of the repository)")
}

// A Target is a page on disk that will be rewritten; the zero target is nowhere.
type Target struct {
	Page
	dir string
}

// A Picture is shown by a page and lies beside it.
type Picture struct {
	File string // its name
	SVG  string // its content
}

// Open returns the page on disk, to be rewritten. It fails if that is impossible.
func Open(to Publishing, p Page) (Target, error) {
	if !to.Write {
		return Target{}, nil
	}
	dir := to.Out
	if dir == "" {
		root, err := repositoryRoot()
		if err != nil {
			return Target{}, err
		}
		dir = filepath.Join(root, "docs", "explanation")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Target{}, err
	}
	t := Target{p, dir}
	_, err := t.with("")
	return t, err
}

// with returns the page with that report.
func (t Target) with(report string) (string, error) {
	path := filepath.Join(t.dir, t.File)
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

// Publish puts the report between the markers of the page, and the pictures beside the page.
func (t Target) Publish(report string, pictures ...Picture) error {
	if t.dir == "" {
		return nil
	}
	text, err := t.with(report)
	if err != nil {
		return err
	}
	err = os.WriteFile(filepath.Join(t.dir, t.File), []byte(text), 0o644)
	for _, p := range pictures {
		err = errors.Join(err, os.WriteFile(filepath.Join(t.dir, p.File), []byte(p.SVG), 0o644))
	}
	return err
}

// replaceBlock puts a report between the markers.
func (p Page) replaceBlock(text, report string) (string, error) {
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
