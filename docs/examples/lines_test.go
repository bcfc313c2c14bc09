package examples

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// lines counts the lines of a program that are neither blank nor a comment.
func lines(t *testing.T, name string) (n int) {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			n++
		}
	}
	return n
}

// The examples need no more lines than with net/http, and the page says how many.
func TestExamplesAreNoLongerThanWithNetHTTP(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"shortener", "rooms", "mounted"} {
		ours, theirs := lines(t, name+"/main.go"), lines(t, name+"/nethttp/main.go")
		if ours > theirs {
			t.Errorf("%s has %d lines, and %d with net/http", name, ours, theirs)
		}
		if text, _ := os.ReadFile(name + "/main.go"); strings.Contains(string(text), "sync.") {
			t.Errorf("%s has a lock", name)
		}
		row := regexp.MustCompile(fmt.Sprintf(`(?m)^\| \[%s\]\(%s/main.go\) \|.*\| %d \| \[%d\]\(%s/nethttp/main.go\) \|$`, name, name, ours, theirs, name))
		if !row.Match(page) {
			t.Errorf("README.md does not say that %s has %d lines, and %d with net/http", name, ours, theirs)
		}
	}
}
