package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReplaceBlock(t *testing.T) {
	page := "# Title\n\n" + blockBegin + "\nold\n" + blockEnd + "\n\nAfter.\n"
	got, err := replaceBlock(page, "new\n")
	if err != nil {
		t.Fatal(err)
	}
	want := "# Title\n\n" + blockBegin + "\nnew\n" + blockEnd + "\n\nAfter.\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPageWithoutMarkers(t *testing.T) {
	for _, page := range []string{"", blockBegin, blockEnd, blockEnd + blockBegin} {
		if _, err := replaceBlock(page, "new"); err == nil {
			t.Errorf("%q: no error, where the figures have no place", page)
		}
	}
}

func TestTheNewPageHasTheMarkers(t *testing.T) {
	if _, err := replaceBlock(newPage, ""); err != nil {
		t.Error(err)
	}
}

func TestWritingTwiceKeepsTheProse(t *testing.T) {
	o := options{write: true, out: t.TempDir()}
	circumstances := circumstances{date: "2026-11-23", commit: "commit abc", rounds: 2, command: "go run ."}
	for range 2 {
		target, err := openTarget(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := target.write(someResults(), circumstances); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(filepath.Join(o.out, pageName))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# Performance", "commit abc", "medians of 2 rounds", "(performance.svg)", "1.25 (1.20–1.30)", "## How to read it"} {
		if strings.Count(string(page), want) != 1 {
			t.Errorf("the page has %q %d times, want once", want, strings.Count(string(page), want))
		}
	}
}

func TestRepositoryRoot(t *testing.T) {
	root := t.TempDir()
	bench := filepath.Join(root, "cmd", "bench")
	if err := os.MkdirAll(bench, 0o755); err != nil {
		t.Fatal(err)
	}
	for dir, module := range map[string]string{root: "github.com/troupe-go/troupe", bench: "github.com/troupe-go/troupe/cmd/bench"} {
		if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module "+module+"\n\ngo 1.26\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(bench)
	got, err := repositoryRoot()
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Base(got) != filepath.Base(root) {
		t.Errorf("the root is %s, want %s", got, root)
	}
	t.Chdir(filepath.Dir(root))
	if _, err := repositoryRoot(); err == nil {
		t.Error("no error outside of the repository")
	}
}
