package compat_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// notSubjects are the files that have no row.
var notSubjects = []string{"alike", "bench_linux", "conversations", "differences", "gunzip", "kit", "page"}

// The page has a row for each file of tests, with the versions of go.mod.
func TestThePageIsRight(t *testing.T) {
	page, err := os.ReadFile("../../../docs/reference/net-http-compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{}
	for _, line := range regexp.MustCompile(`(?m)^\t(\S+) (v\S+)$`).FindAllStringSubmatch(string(mod), -1) { // those that are not indirect
		versions[line[1]] = line[2]
	}
	goVersion := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(string(mod))[1]
	rows := map[string]bool{}
	row := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (\\S[^|]*) \\| \\[(\\w+)\\]\\(\\.\\./\\.\\./actors/nethttp/compat/(\\w+)_test\\.go\\) \\| [^|]+ \\| [^|]+ \\|$")
	for _, cells := range row.FindAllStringSubmatch(between(string(page), "## What works", "\n## "), -1) {
		subject, version, shown, file := cells[1], cells[2], cells[3], cells[4]
		module, _, _ := strings.Cut(subject, " ")
		wanted, required := versions[module]
		if !required {
			wanted = "Go " + goVersion
		}
		want(t, "the version of "+subject, version, wanted)
		want(t, "the file of "+subject, shown, file)
		rows[file] = true
	}
	files, _ := filepath.Glob("*_test.go")
	for _, name := range notSubjects {
		rows[name] = true
	}
	for _, file := range files {
		name := strings.TrimSuffix(file, "_test.go")
		want(t, "the page has a row for "+file, rows[name], true)
		delete(rows, name)
	}
	for name := range rows {
		t.Errorf("there is no file for %s", name)
	}
}
