package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

var listed = regexp.MustCompile("(?m)^- `((\\S+\\.go) [^`]+)`")

// The mutants on the page exist.
func TestThePageOnMutants(t *testing.T) {
	page, err := os.ReadFile("../../docs/explanation/mutation.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := listed.FindAllSubmatch(page, -1)
	if len(lines) == 0 {
		t.Error("the page lists none")
	}
	known := map[string]bool{}
	for _, line := range lines {
		name := string(line[2])
		if known[name] {
			continue
		}
		known[name] = true
		source, err := os.ReadFile(filepath.Join("../..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		found, err := findMutants(name, source)
		if err != nil {
			t.Fatal(err)
		}
		for i := range found {
			known[found[i].String()] = true
		}
	}
	for _, line := range lines {
		if !known[string(line[1])] {
			t.Errorf("there is no mutant %s any more", line[1])
		}
	}
}
