package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	blockBegin = "<!-- bench:begin -->"
	blockEnd   = "<!-- bench:end -->"
	pageName   = "performance.md"
	chartName  = "performance.svg"
)

// newPage is the page around the figures, for a directory that has none yet. People edit what
// stands around the markers; the bench replaces what stands between them.
//
//go:embed page.md
var newPage string

// target is where a run's report goes besides the output; the zero target is nowhere.
type target struct {
	dir  string
	page string
}

// openTarget reads the page that is to be rewritten, and fails if that cannot be done.
func openTarget(o options) (target, error) {
	if !o.write {
		return target{}, nil
	}
	dir := o.out
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
	page, err := os.ReadFile(filepath.Join(dir, pageName))
	if errors.Is(err, os.ErrNotExist) {
		page, err = []byte(newPage), nil
	}
	if err != nil {
		return target{}, err
	}
	if _, err := replaceBlock(string(page), ""); err != nil {
		return target{}, fmt.Errorf("%s: %w", filepath.Join(dir, pageName), err)
	}
	return target{dir: dir, page: string(page)}, nil
}

// write puts the report between the markers of the page, and the chart beside the page.
func (t target) write(r *results, c circumstances) error {
	if t.dir == "" {
		return nil
	}
	page, err := replaceBlock(t.page, block(r, c))
	if err != nil {
		return err
	}
	err = os.WriteFile(filepath.Join(t.dir, pageName), []byte(page), 0o644)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(t.dir, chartName), []byte(chart(r)), 0o644)
}

// block is what stands between the markers.
func block(r *results, c circumstances) string {
	return fmt.Sprintf(`Measured on %s, %s, on %s, with %s. %s; the range of the rounds is in brackets.

`+"```sh\ncd cmd/bench && %s\n```"+`

![%s](%s)

%s`, c.date, c.commit, c.machine, c.software, medians(c.rounds), c.command,
		chartTitle(r), chartName, r.table())
}

func medians(rounds int) string {
	if rounds == 1 {
		return "Figures are of a single round"
	}
	return fmt.Sprintf("Figures are medians of %d rounds", rounds)
}

// replaceBlock puts text between the markers of a page.
func replaceBlock(page, text string) (string, error) {
	before, rest, begun := strings.Cut(page, blockBegin)
	_, after, ended := strings.Cut(rest, blockEnd)
	if !begun || !ended {
		return "", fmt.Errorf("the page needs the lines %s and %s, for the figures between them", blockBegin, blockEnd)
	}
	return before + blockBegin + "\n" + strings.TrimSpace(text) + "\n" + blockEnd + after, nil
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
